import { beforeEach, describe, expect, it } from '@jest/globals';
import { executionStream, MemoryEventStore, type RecordedEvent } from '#event-store';
import { sealedChain } from '../../libs/event-store/testing/index.js';
import { verifyStore } from './verify-store.js';

let store: MemoryEventStore;
beforeEach(() => {
  store = new MemoryEventStore();
});

const write = (id: string, ...values: readonly unknown[]) =>
  store.append(executionStream(id), 'no_stream', sealedChain(values, { stream: executionStream(id) }));
const verify = (stream?: string) =>
  verifyStore({ store, payloads: store.payloads, ...(stream !== undefined && { stream }) });
/** As damage would. */
const spoil = (at: number, change: Partial<RecordedEvent>) => {
  const { log } = store as unknown as { log: RecordedEvent[] };
  log[at] = { ...log[at]!, ...change };
};
const claim = (sha256: string) => ({ $ref: { mime: 'application/json', sha256, size: 1 } });

describe('Verifying a log in one reading', () => {
  it('follows every chain at once', async () => {
    await write('a', 1, 2);
    await write('b', 1);
    const [, second] = sealedChain([1, 2], { stream: executionStream('b') });
    await store.append(executionStream('b'), 0n, [second!]);
    expect(await verify()).toEqual({ streams: 2, events: 4, faults: [] });
    expect(await verify(executionStream('a'))).toEqual({ streams: 1, events: 2, faults: [] });
  });

  it('names the first fault of each stream', async () => {
    await write('a', 1, 2, 3);
    await write('b', 1, 2);
    spoil(1, { data: '{}' });
    spoil(2, { data: '{}' });
    spoil(4, { revision: 7n });
    const { faults } = await verify();
    expect(faults).toEqual([
      { stream: executionStream('a'), revision: 1, reason: 'data_hash' },
      { stream: executionStream('b'), revision: 1, reason: 'revision_gap' },
    ]);
  });

  it('misses what an event refers to', async () => {
    const { sha256 } = await store.payloads.put('default', new Uint8Array([1]));
    await write('a', claim(sha256), claim(sha256), claim('f'.repeat(64)));
    await write('b', claim('f'.repeat(64)));
    expect((await verify()).faults).toEqual([
      { stream: executionStream('a'), revision: 2, reason: 'payload_missing' },
      { stream: executionStream('b'), revision: 0, reason: 'payload_missing' },
    ]);
    store.payloads.get = async () => new Uint8Array([2]);
    expect((await verify()).faults[0]).toMatchObject({ revision: 0, reason: 'payload_digest' });
  });

  it('does not miss what is left of a stream that is gone', async () => {
    await write('a', 1, 2);
    const { log } = store as unknown as { log: (RecordedEvent | null)[] };
    const [, last] = log;
    await store.tombstone(executionStream('a'), 1n);
    log[1] = last!;
    expect(await verify()).toEqual({ streams: 1, events: 1, faults: [] });
  });
});
