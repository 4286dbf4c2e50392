import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { Outcome, Work } from './writer-thread.js';
import { Writer } from './writer.js';

/** A thread that answers when the test says so. */
class FakeThread extends EventEmitter {
  readonly messages: (readonly Work[] | null)[] = [];

  postMessage(message: readonly Work[] | null): void {
    this.messages.push(message);
  }

  answer(...outcomes: readonly Outcome[]): void {
    this.emit('message', { outcomes });
  }
}

const done: Outcome = { type: 'done' };
const put = (name: string): Work => ({ type: 'payload', tenant: name, sha256: '', bytes: new Uint8Array() });
const turn = () => new Promise((resolve) => setImmediate(resolve));

function started() {
  const thread = new FakeThread();
  let changes = 0;
  const writer = new Writer(thread as never, { journal_mode: 'wal', synchronous: 2 }, () => (changes += 1));
  const sent = () =>
    thread.messages.map((works) => works?.map((work) => ('tenant' in work ? work.tenant : '')) ?? null);
  return { thread, writer, sent, changes: () => changes };
}

const unavailable = expect.objectContaining({ code: 'store_unavailable' });
const outcomesOf = async (writes: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(writes)).map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome.value));

describe('the writer, seen from the event loop', () => {
  it('sends what one turn asks for as one message', async () => {
    const { thread, writer, sent } = started();
    const writes = [writer.write(put('a')), writer.write(put('b'))];
    await turn();
    expect(sent()).toEqual([['a', 'b']]);
    thread.answer(done, { type: 'conflict', actual: 3 });
    expect(await outcomesOf(writes)).toEqual([done, { type: 'conflict', actual: 3 }]);
  });

  it('keeps two messages under way, and gathers the rest for the next commit', async () => {
    const { thread, writer, sent } = started();
    const writes = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      writes.push(writer.write(put(name)));
      await turn();
    }
    expect(sent()).toEqual([['a'], ['b']]);
    thread.answer(done);
    expect(sent()).toEqual([['a'], ['b'], ['c', 'd']]);
    thread.answer(done, done, done); // one commit for two messages
    expect(await outcomesOf(writes)).toEqual([done, done, done, done]);
    expect(writer.stats).toEqual({ works: 4, commits: 2 });
  });

  it('refuses for a full disk, and goes on', async () => {
    const { thread, writer } = started();
    const first = writer.write(put('a'));
    await turn();
    thread.answer({ type: 'full' });
    await expect(first).rejects.toMatchObject({ code: 'storage_full' });
    const second = writer.write(put('b'));
    await turn();
    thread.answer(done);
    await expect(second).resolves.toEqual(done);
    expect(writer.stats).toEqual({ works: 2, commits: 1 });
  });

  it('tells the caller whose work cannot be stored', async () => {
    const { thread, writer } = started();
    const writes = [writer.write(put('a')), writer.write(put('b'))];
    await turn();
    thread.answer({ type: 'refused', reason: 'too big' }, done);
    expect(await outcomesOf(writes)).toEqual([
      expect.objectContaining({ message: 'The log cannot take this: too big' }),
      done,
    ]);
  });

  it.each<[string, (thread: FakeThread) => void]>([
    ['cannot write any more', (thread) => thread.answer({ type: 'broken', reason: 'disk I/O error' })],
    ['fails', (thread) => thread.emit('error', new Error('out of memory'))],
    ['ends', (thread) => thread.emit('exit', 1)],
  ])('answers all that is asked for once the thread %s, and what comes later', async (_, end) => {
    const { thread, writer, changes } = started();
    const writes = [writer.write(put('under way'))];
    await turn();
    writes.push(writer.write(put('sent')));
    await turn();
    writes.push(writer.write(put('gathered')));
    await turn();
    end(thread);
    thread.answer(done); // comes too late
    expect(await outcomesOf(writes)).toEqual([unavailable, unavailable, unavailable]);
    await expect(writer.write(put('later'))).rejects.toEqual(unavailable);
    expect(writer.failure).toEqual(unavailable);
    expect(changes()).toBeGreaterThan(0);
    const closing = writer.close();
    thread.emit('exit', 0);
    await closing;
  });

  it('answers what was asked for before it closes, and refuses what is asked for then', async () => {
    const { thread, writer, sent } = started();
    const before = writer.write(put('before'));
    const closing = Promise.all([writer.close(), writer.close()]);
    await expect(writer.write(put('after'))).rejects.toMatchObject({ code: 'store_closed' });
    expect(sent()).toEqual([['before'], null]);
    thread.answer(done);
    thread.emit('exit', 0);
    await closing;
    await expect(before).resolves.toEqual(done);
    expect(writer.failure).toBeNull();
  });

  it('leaves nobody waiting when the thread ends before it has answered', async () => {
    const { thread, writer } = started();
    const before = writer.write(put('before'));
    const closing = writer.close();
    thread.emit('exit', 0);
    await closing;
    await expect(before).rejects.toMatchObject({ code: 'store_closed' });
  });

  it('hands back what cannot cross to the thread', async () => {
    const { thread, writer } = started();
    thread.postMessage = () => {
      throw new Error('could not be cloned');
    };
    await expect(writer.write(put('a'))).rejects.toThrow('could not be cloned');
  });
});
