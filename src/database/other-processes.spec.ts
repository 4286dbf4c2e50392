import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, type RecordedEvent } from '#event-store';
import { sealedChain } from '#event-store/testing';
import { OtherProcesses } from './other-processes.js';

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const write = (store: MemoryEventStore, stream: string) =>
  store.append(stream, 'no_stream', sealedChain([1], { stream }));

describe('what other processes write', () => {
  it('is told from then on, only of the categories that are asked for', async () => {
    const store = new MemoryEventStore();
    const others = new OtherProcesses(store, { several: true }, { error: () => undefined });
    const heard: string[] = [];
    await write(store, 'account-1');
    await others.hear({ categories: ['account'] }, async ({ stream }) => void heard.push(stream));
    await write(store, 'secret-1');
    await write(store, 'account-2');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['account-2']);
    others.stop();
  });

  it('is told again where it could not be taken in', async () => {
    const store = new MemoryEventStore();
    const failures: string[] = [];
    const others = new OtherProcesses(store, { several: true }, { error: (_, message) => void failures.push(message) });
    const heard: RecordedEvent[] = [];
    await others.hear({ categories: ['account'] }, async (event) => {
      heard.push(event);
      if (heard.length === 1) throw new Error('The store is away.');
    });
    await write(store, 'account-1');
    await until(() => heard.length === 2);
    expect([heard[0]!.id === heard[1]!.id, failures]).toEqual([
      true,
      ['What other processes write is not heard for a moment'],
    ]);
    others.stop();
  });

  it('is nothing where there is no other', async () => {
    const store = new MemoryEventStore();
    const others = new OtherProcesses(store, { several: false }, { error: () => undefined });
    let heard = 0;
    await others.hear({ categories: ['account'] }, async () => void (heard += 1));
    await write(store, 'account-1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toBe(0);
  });
});
