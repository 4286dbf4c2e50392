import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CaughtUp, RecordedEvent } from '#event-store';
import { collect, sealedChain } from '#event-store/testing';
import { EventStoreDbServer } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore, type EsdbEventStore } from './index.js';

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
};
const away = { code: 'store_unavailable' };

let server: EventStoreDbServer;
let store: EsdbEventStore;
beforeEach(async () => {
  server = await EventStoreDbServer.start();
  store = await openEsdbEventStore({ url: server.url });
});
afterEach(async () => {
  await store.close();
  await server.stop();
});

const append = (stream: string, from = 0, count = 1) => {
  const events = sealedChain(
    Array.from({ length: count }, (_, at) => from + at),
    { stream, from },
  );
  return store.append(stream, from === 0 ? 'no_stream' : BigInt(from - 1), events);
};

describe('A server that is away', () => {
  it('is known to be: whoever asks is told, first after a while and then at once, and it is found back by itself', async () => {
    await append('execution-1');
    server.faults.goAway(3_000);
    await expect(append('execution-2')).rejects.toMatchObject(away);
    expect(store.health()).toMatchObject({ reachable: false, failing: expect.any(String) });
    const began = performance.now();
    for (let n = 0; n < 200; n += 1) {
      await expect(append(`execution-x${n}`)).rejects.toMatchObject(away);
      await expect(store.head()).rejects.toMatchObject(away);
      await expect(collect(store.readStream('execution-1'))).rejects.toMatchObject(away);
    }
    expect(performance.now() - began).toBeLessThan(60_000); // 600 refusals: were each to wait for a time-out, it were 20 minutes
    await until(() => store.health().reachable);
    await append('execution-2');
    expect((await collect(store.readAll())).map(({ stream }) => stream)).toEqual(['execution-1', 'execution-2']);
  });

  it('that answers nothing keeps no append waiting for longer than it takes to find out', async () => {
    await append('execution-1');
    server.faults.delay(60_000);
    const appends = Array.from({ length: 20 }, (_, n) => append(`execution-${n + 2}`));
    for (const each of appends) await expect(each).rejects.toMatchObject(away);
    await expect(appends[0]).rejects.not.toThrow('10000 ms'); // an append's own time-out
    server.faults.delay(0);
    await until(() => store.health().reachable);
    await append('execution-30');
  });

  it('is not taken for away, where it was this process that did not listen', async () => {
    await append('execution-1');
    server.faults.delay(300);
    const [asked, read] = [store.head(), collect(store.readStream('execution-1'))];
    await new Promise((resolve) => setTimeout(resolve, 50));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500); // busy
    expect(await asked).not.toBeNull();
    expect(await read).toHaveLength(1);
    expect(store.health().reachable).toBe(true);
  });

  it('that answers nothing is away, too', async () => {
    await append('execution-1');
    server.faults.delay(60_000);
    await expect(collect(store.readStream('execution-1'))).rejects.toMatchObject(away);
    await expect(store.head()).rejects.toMatchObject(away);
    server.faults.delay(0);
    await until(() => store.health().reachable);
    await store.head();
  });
});

describe('A subscription', () => {
  const follow = () => {
    const stop = new AbortController();
    const seen: (RecordedEvent | CaughtUp)[] = [];
    const ended = (async () => {
      for await (const event of store.subscribe({ categories: ['execution'], signal: stop.signal })) seen.push(event);
    })();
    const values = () => seen.flatMap((each) => ('stream' in each ? [Number(JSON.parse(each.data).value)] : []));
    return { values, stop: async () => (stop.abort(), await ended) };
  };

  it('goes on exactly behind its last event when its connection was cut, again and again', async () => {
    const { values, stop } = follow();
    for (let n = 0; n < 60; n += 1) {
      if (n % 10 === 9) server.faults.dropConnections();
      while (
        !(await append('execution-1', n).then(
          () => true,
          () => false,
        ))
      )
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await until(() => values().length >= 60);
    expect(values()).toEqual(Array.from({ length: 60 }, (_, n) => n));
    await stop();
  });

  it('goes on when the server was away for a while', async () => {
    const { values, stop } = follow();
    await append('execution-1');
    await until(() => values().length === 1);
    server.faults.goAway(1_500);
    await until(() => !store.health().reachable || values().length > 1);
    await until(() => store.health().reachable);
    await append('execution-1', 1);
    await until(() => values().length === 2);
    expect(values()).toEqual([0, 1]);
    await stop();
  });

  it('does not run ahead of a reader that is slow', async () => {
    await append('execution-1', 0, 400);
    for (let n = 1; n < 10; n += 1) await append(`execution-${n + 1}`, 0, 400);
    const events = store.subscribe({ categories: ['execution'] })[Symbol.asyncIterator]();
    await events.next();
    const before = process.memoryUsage().heapUsed;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024);
    let count = 1;
    for (; count < 4_000; count += 1) expect((await events.next()).done).toBe(false);
    await events.return!();
  });
});
