import { describe, expect, it, jest } from '@jest/globals';
import { MemoryEventStore, verifyChain, type EventStore, type WrongExpectedRevision } from '#event-store';
import { DecidedStreams, type StreamRules } from './decided-streams.js';

type Counted = { readonly type: 'Counted'; readonly data: { readonly by: number } };
type Count = { readonly by: number; readonly upTo?: number };

/** A counter: nothing happens above a bound. */
const rules: StreamRules<{ sum: number; at: string }, Count, Counted> = {
  streamOf: (id) => `counter-${id}`,
  initial: { sum: 0, at: '' },
  decide: ({ sum }, { by, upTo = Infinity }) => (sum + by > upTo ? [] : [{ type: 'Counted', data: { by } }]),
  evolve: ({ sum }, { data }, at) => ({ sum: sum + data.by, at }),
  schemas: { Counted: [] },
};
const noon = Date.parse('2026-01-01T12:00:00.000Z');
const by = { tenant: 'default', actor: { sub: 'usr_1', via: 'session' } } as const;
const streams = (store: EventStore) => new DecidedStreams(store, rules, { now: () => noon });

describe('A stream that is folded, decided and appended to', () => {
  it('holds what was decided, sealed in its place', async () => {
    const store = new MemoryEventStore();
    expect(await streams(store).tell('1', { by: 2 }, by)).toMatchObject({
      state: { sum: 2, at: '2026-01-01T12:00:00.000Z' },
      position: expect.any(String),
    });
    expect((await streams(store).tell('1', { by: 3 }, by)).state.sum).toBe(5);
    expect(await verifyChain('counter-1', store.readStream('counter-1'))).toMatchObject({ valid: true, events: 2 });
    expect(await streams(store).load('1')).toMatchObject({ state: { sum: 5 }, tenant: 'default', revision: 1n });
  });

  it('that is remembered is read no further than what is new, also where another process has written', async () => {
    const store = new MemoryEventStore();
    const remembering = new DecidedStreams(store, rules, { now: () => noon, remember: 1 });
    const froms: (bigint | undefined)[] = [];
    const read = store.readStream.bind(store);
    store.readStream = (stream, options) => {
      froms.push(options?.from);
      return read(stream, options);
    };
    await remembering.load('1');
    await remembering.tell('1', { by: 1 }, by);
    expect((await remembering.load('1')).state.sum).toBe(1);
    await streams(store).tell('1', { by: 2 }, by);
    expect(froms.splice(0)).toEqual([0n, 0n, 0n, 0n]);
    expect((await remembering.load('1')).state.sum).toBe(3);
    expect((await remembering.load('1')).state.sum).toBe(3);
    await remembering.tell('2', { by: 1 }, by);
    await remembering.load('2');
    await remembering.load('1');
    expect(froms).toEqual([1n, 2n, 0n, 0n, 0n]);
  });

  it('stays as it is where nothing is decided', async () => {
    const store = new MemoryEventStore();
    expect(await streams(store).tell('1', { by: 2, upTo: 1 }, by)).toEqual({
      state: rules.initial,
      position: null,
      events: [],
      revision: -1n,
    });
    expect(await streams(store).load('1')).toMatchObject({ tenant: null, revision: -1n });
  });

  it('decides anew where somebody else was faster, and loses nothing', async () => {
    const store = new MemoryEventStore();
    await Promise.all(Array.from({ length: 4 }, () => streams(store).tell('1', { by: 1 }, by)));
    expect((await streams(store).load('1')).state.sum).toBe(4);
  });

  it('decides on what the other has written', async () => {
    const store = new MemoryEventStore();
    const told = await Promise.all([1, 2].map(() => streams(store).tell('1', { by: 1, upTo: 1 }, by)));
    expect(told.map(({ events }) => events.length).toSorted()).toEqual([0, 1]);
  });

  it('is read by its last event alone, where that says all', async () => {
    const store = new MemoryEventStore();
    const read = jest.spyOn(store, 'readStream');
    const last = new DecidedStreams(
      store,
      { ...rules, evolve: (_state, { data }, at) => ({ sum: data.by, at }), lastSaysAll: true },
      { now: () => noon },
    );
    for (let by_ = 1; by_ <= 100; by_ += 1) await last.tell('1', { by: by_ }, by);
    expect((await last.load('1')).state.sum).toBe(100);
    expect(read.mock.calls.every(([, options]) => options?.limit === 1)).toBe(true);
    expect(await verifyChain('counter-1', store.readStream('counter-1'))).toMatchObject({ valid: true, events: 100 });
  });

  it('gives up after some tries', async () => {
    class Contended extends MemoryEventStore {
      tries = 0;
      override async append(...given: Parameters<MemoryEventStore['append']>): ReturnType<MemoryEventStore['append']> {
        this.tries += 1;
        return super.append(given[0], 77n, given[2]);
      }
    }
    const store = new Contended();
    await expect(streams(store).tell('1', { by: 1 }, by)).rejects.toMatchObject({
      code: 'wrong_expected_revision',
    } satisfies Partial<WrongExpectedRevision>);
    expect(store.tries).toBe(5);
  });

  it('passes on what else goes wrong', async () => {
    const store = new MemoryEventStore();
    store.append = () => Promise.reject(new Error('no disk'));
    await expect(streams(store).tell('1', { by: 1 }, by)).rejects.toThrow('no disk');
  });
});
