import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { executionStream, verifyChain, type RecordedEvent } from '#event-store';
import { collect, sealedChain } from '#event-store/testing';
import { EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore, type EsdbEventStore } from './index.js';

/** `npm run test:esdb -- --url esdb://…` names a real server here. Whatever else is in it stays as it is. */
const real = process.env['CHATTER_TEST_ESDB_URL'];

describe(`What is asked of ${real === undefined ? 'the server of the tests' : 'this server'}`, () => {
  let server: EventStoreDbServer | null = null;
  let store: EsdbEventStore;
  beforeAll(async () => {
    server = real === undefined ? await EventStoreDbServer.start() : null;
    store = await openEsdbEventStore({ url: real ?? server!.url });
  });
  afterAll(async () => {
    await store.close();
    await server?.stop();
  });

  const fresh = () => executionStream(randomUUID());
  const of = (stream: string, values: readonly unknown[], from = 0, prev?: string) =>
    sealedChain(values, { stream, from, writer: stream, ...(prev !== undefined && { prev }) });

  it('keeps events to the byte, with a chain that verifies', async () => {
    const stream = fresh();
    const events = of(stream, ['é', { nested: [1.5e-7, null], '10': 1, '9': 2 }, '\u2028']);
    const { revision, position } = await store.append(stream, 'no_stream', events);
    const stored = await collect(store.readStream(stream));
    expect(revision).toBe(2n);
    expect(stored.at(-1)!.position).toBe(position);
    expect(stored.map(({ data, envelope }) => ({ data, envelope }))).toEqual(
      events.map(({ data, envelope }) => ({ data, envelope })),
    );
    expect(await verifyChain(stream, stored)).toMatchObject({ valid: true, events: 3 });
    const backwards = await collect(store.readStream(stream, { direction: 'backwards', limit: 2 }));
    expect(backwards.map((event) => event.revision)).toEqual([2n, 1n]);
  });

  it('refuses what is not expected, and knows an append that it has had', async () => {
    const stream = fresh();
    const events = of(stream, [1, 2]);
    const first = await store.append(stream, 'no_stream', events);
    expect(await store.append(stream, 'no_stream', events)).toEqual(first);
    const late = sealedChain([3], { stream, writer: 'another' });
    await expect(store.append(stream, 'no_stream', late)).rejects.toMatchObject({ actual: 1n });
    await expect(store.append(stream, 7n, late)).rejects.toMatchObject({ actual: 1n });
    await expect(store.append(fresh(), 0n, late)).rejects.toMatchObject({ actual: null });
  });

  it('gives the whole log from a place on, by category and by type, and goes on live', async () => {
    const from = (await store.head())!;
    const [mine, other] = [fresh(), `definition-${randomUUID()}`];
    await store.append(mine, 'no_stream', of(mine, [1, 2]));
    await store.append(other, 'no_stream', of(other, [1]));
    const isOurs = ({ stream }: RecordedEvent) => stream === mine || stream === other;
    const all = (await collect(store.readAll({ from }))).filter(isOurs);
    expect(all.map(({ stream }) => stream)).toEqual([mine, mine, other]);
    const some = (await collect(store.readAll({ from, categories: ['definition'] }))).filter(isOurs);
    expect(some.map(({ stream }) => stream)).toEqual([other]);
    expect((await collect(store.readAll({ from, types: ['NothingOfThisType'] }))).filter(isOurs)).toEqual([]);

    const stop = new AbortController();
    const seen: string[] = [];
    let caughtUp = 0;
    for await (const event of store.subscribe({ from, categories: ['execution'], signal: stop.signal })) {
      if (!('stream' in event)) {
        caughtUp += 1;
        if (caughtUp === 1) await store.append(mine, 1n, of(mine, [3], 2, all[1]!.envelope.hash));
      } else if (event.stream === mine && seen.push(String(event.revision)) === 3) stop.abort();
    }
    expect(seen).toEqual(['0', '1', '2']);
  });

  it('tells what appends change among the open executions', async () => {
    const from = (await store.head())!;
    const stream = fresh();
    const row = { stream, tenant: 'default', priority: 0, status: 'running', dueAt: null, driver: 'me' } as const;
    await store.append(stream, 'no_stream', of(stream, [1, 2]), { row });
    const stop = new AbortController();
    for await (const change of store.openChanges({ from, signal: stop.signal })) {
      if (change.type === 'caught_up' || change.stream !== stream) continue;
      expect(change).toMatchObject({ revision: 1n, open: { row } });
      stop.abort();
    }
  });

  it('ends a stream for good', async () => {
    const stream = fresh();
    await store.append(stream, 'no_stream', of(stream, [1]));
    await store.tombstone(stream, 0n);
    expect(await collect(store.readStream(stream))).toEqual([]);
    await expect(store.append(stream, 'no_stream', of(stream, [1]))).rejects.toMatchObject({ code: 'stream_gone' });
  });
});
