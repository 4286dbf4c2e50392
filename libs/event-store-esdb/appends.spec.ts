import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PayloadTooLarge } from '#event-store';
import { collect, sealedChain } from '#event-store/testing';
import { EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore, type EsdbEventStore } from './index.js';

let server: EventStoreDbServer;
const stores: EsdbEventStore[] = [];
const open = async (url = server.url): Promise<EsdbEventStore> => {
  const store = await openEsdbEventStore({ url });
  stores.push(store);
  return store;
};
beforeEach(async () => {
  server = await EventStoreDbServer.start();
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  await server.stop();
});

const ids = async (store: EsdbEventStore, stream = 'execution-1'): Promise<string[]> =>
  (await collect(store.readStream(stream))).map(({ id }) => id);
const ofWriter = (writer: string) => sealedChain([1, 2], { writer });
const idsOf = (writer: string): string[] => ofWriter(writer).map(({ id }) => id);

/** Until it is known: as everybody does who is told that the outcome is unknown. */
async function untilKnown<T>(append: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await append();
    } catch (error) {
      if ((error as { code?: string }).code !== 'store_unavailable') throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

describe('An append', () => {
  it('whose answer is lost has happened once', async () => {
    const store = await open();
    server.faults.loseNextAnswer();
    const { revision } = await untilKnown(() => store.append('execution-1', 'no_stream', ofWriter('a')));
    expect([revision, await ids(store)]).toEqual([1n, idsOf('a')]);
    expect((await store.append('execution-1', 1n, sealedChain([3], { from: 2 }))).revision).toBe(2n);
  });

  it('that was refused for a moment is made again, with the same events', async () => {
    const store = await open();
    server.faults.refuse(14, 2);
    await untilKnown(() => store.append('execution-1', 'no_stream', ofWriter('a')));
    expect(await ids(store)).toEqual(idsOf('a'));
  });

  it('of two writers at one revision is one’s, also when the answer of the first is lost', async () => {
    const [a, b] = [await open(), await open()];
    server.faults.loseNextAnswer();
    const outcomes = await Promise.allSettled(
      [a, b].map((store, at) => untilKnown(() => store.append('execution-1', 'no_stream', ofWriter(`writer ${at}`)))),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const winner = outcomes[0]!.status === 'fulfilled' ? 0 : 1;
    expect(await ids(a)).toEqual(idsOf(`writer ${winner}`));
    expect((outcomes[1 - winner] as PromiseRejectedResult).reason).toMatchObject({
      code: 'wrong_expected_revision',
      actual: 1n,
    });
  });

  it('is not lost among many when their connection is cut: each has happened, or is made again', async () => {
    const store = await open();
    const streams = Array.from({ length: 50 }, (_, n) => `execution-${n}`);
    const all = Promise.all(
      streams.map((stream) => untilKnown(() => store.append(stream, 'no_stream', sealedChain([1], { stream })))),
    );
    server.faults.dropConnections();
    await all;
    expect((await collect(store.readAll())).map(({ stream }) => stream).toSorted()).toEqual(streams.toSorted());
  });

  it('that the server finds too large is refused, and nothing else with it', async () => {
    const store = await open();
    const large = sealedChain(['x'.repeat(2 * 1024 * 1024)], { stream: 'execution-2' });
    await expect(store.append('execution-2', 'no_stream', large)).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    await store.append('execution-1', 'no_stream', ofWriter('a'));
    expect(store.health().reachable).toBe(true);
  });

  it('may be as large as the server takes, to the byte, and no larger', async () => {
    const maxAppendSize = 2_000_000;
    const large = await EventStoreDbServer.start({ maxAppendSize });
    try {
      const store = await open(large.url);
      const stream = 'execution-3';
      const parts = Array.from({ length: 24 }, () => 'é'.repeat(32 * 1024));
      const tooLarge = sealedChain([...parts, 'x'.repeat(1024 * 1024)], { stream });
      const error = await store.append(stream, 'no_stream', tooLarge).catch((refused: unknown) => refused);
      expect(error).toMatchObject({ code: 'payload_too_large', limit: maxAppendSize });
      const over = (error as PayloadTooLarge).size - maxAppendSize;
      const upTo = (bytes: number) => sealedChain([...parts, 'x'.repeat(bytes)], { stream });
      await expect(store.append(stream, 'no_stream', upTo(1024 * 1024 - over + 1))).rejects.toMatchObject({
        size: maxAppendSize + 1,
      });
      expect((await store.append(stream, 'no_stream', upTo(1024 * 1024 - over))).revision).toBe(24n);
      await Promise.all(stores.splice(0).map((each) => each.close()));
    } finally {
      await large.stop();
    }
  });

  it('tells in its last event what it changes among the open executions, and no reader sees that', async () => {
    const store = await open();
    const row = {
      stream: 'execution-1',
      tenant: 'default',
      priority: 3,
      status: 'waiting',
      dueAt: 7,
      driver: null,
    } as const;
    await store.append('execution-1', 'no_stream', ofWriter('a'), { row });
    await store.append('execution-1', 1n, sealedChain([3], { from: 2 }));
    await store.append('execution-1', 2n, sealedChain([4], { from: 3 }), 'closed');
    const stop = new AbortController();
    const told: object[] = [];
    for await (const change of store.openChanges({ signal: stop.signal })) {
      if (change.type === 'caught_up') break;
      told.push({ revision: change.revision, open: change.open });
    }
    stop.abort();
    expect(told).toEqual([
      { revision: 1n, open: { row } },
      { revision: 3n, open: 'closed' },
    ]);
    for (const { envelope } of await collect(store.readAll())) expect(Object.keys(envelope)).toHaveLength(10);
  });
});

describe('Reading', () => {
  it('goes through a hundred thousand events page by page, in bounded memory, both ways', async () => {
    const store = await open();
    const values = Array.from({ length: 2_000 }, (_, n) => n);
    let prev: string | undefined;
    for (let from = 0; from < 100_000; from += values.length) {
      const events = sealedChain(values, { from, ...(prev !== undefined && { prev }) });
      prev = events.at(-1)!.envelope.hash;
      await store.append('execution-1', from === 0 ? 'no_stream' : BigInt(from - 1), events);
    }
    for (const direction of ['forwards', 'backwards'] as const) {
      let count = 0;
      let most = 0;
      const before = process.memoryUsage().heapUsed;
      for await (const { revision } of store.readStream('execution-1', { direction })) {
        if (Number(revision) !== (direction === 'forwards' ? count : 99_999 - count))
          throw new Error(`${revision} at ${count}`);
        if ((count += 1) % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
      }
      expect(count).toBe(100_000);
      expect(most).toBeLessThan(150 * 1024 * 1024); // all of them would be several times that
    }
  }, 240_000);
});
