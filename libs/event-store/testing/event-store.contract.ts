import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  PayloadTooLarge,
  verifyChain,
  WrongExpectedRevision,
  type EventStore,
  type OwnOpenExecutions,
  type PayloadStore,
} from '../index.js';
import { describeOpenExecutions, describePayloads } from './beside-the-log.contract.js';
import { collect, sealedChain, take } from './sealed-chain.js';
import { describeSubscribing } from './subscriptions.contract.js';
import { describeTombstones } from './tombstones.contract.js';

/** An empty store, opened for one test. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Null: kept elsewhere, where it has its own contract. So with the payloads. */
  readonly openExecutions: OwnOpenExecutions | null;
  readonly payloads: PayloadStore | null;
  /** Closes it and opens what it left, as a restart does; null where nothing is left (in memory). */
  readonly reopen: (() => Promise<OpenedStore>) | null;
  close(): Promise<void>;
}

export interface ContractOptions {
  /** Nothing is kept beside the log: open executions and payloads are elsewhere, and have their contract there. Default false. */
  readonly alone?: boolean;
  /** The whole log goes on giving the events of streams that are gone, until the server clears up. Default false. */
  readonly clearsUpLater?: boolean;
}

/** What every store of events has to do: run by each adapter. */
export function describeEventStore(
  name: string,
  open: () => Promise<OpenedStore>,
  { alone = false, clearsUpLater = false }: ContractOptions = {},
): void {
  describe(`${name}, as an event store`, () => {
    let opened: OpenedStore;
    let store: EventStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    const reopened = async (): Promise<boolean> => {
      if (opened.reopen === null) return false;
      opened = await opened.reopen();
      store = opened.store;
      return true;
    };

    describeAppending(() => store);
    describeReading(() => store);
    describeSubscribing(() => store, reopened);
    describeTombstones(() => opened, reopened, { alone, clearsUpLater });
    if (!alone) {
      const beside = () => ({ store, openExecutions: opened.openExecutions!, payloads: opened.payloads! });
      describeOpenExecutions(beside);
      describePayloads(beside);
    }

    it('keeps everything over a restart, to the byte', async () => {
      const events = sealedChain(['é', { nested: [1.5e-7, null], '10': 1, '9': 2 }, '\u2028'], {});
      await store.append('execution-1', 'no_stream', events);
      const before = await collect(store.readAll());
      if (!(await reopened())) return;
      expect(await collect(store.readAll())).toEqual(before);
      expect(before.map(({ data, envelope }) => ({ data, envelope }))).toEqual(
        events.map(({ data, envelope }) => ({ data, envelope })),
      );
      const next = sealedChain([4], { from: 3, prev: events[2]!.envelope.hash });
      expect((await store.append('execution-1', 2n, next)).revision).toBe(3n);
      expect(await verifyChain('execution-1', store.readStream('execution-1'))).toMatchObject({
        valid: true,
        events: 4,
      });
    });

    it('does nothing more once it is closed, and closes twice', async () => {
      await store.append('execution-1', 'no_stream', sealedChain([1]));
      const under = store.append('execution-1', 0n, sealedChain([2], { from: 1 }));
      const subscription = store.subscribe()[Symbol.asyncIterator]();
      await take(subscription, 1);
      await Promise.all([store.close(), store.close()]);
      await expect(under).resolves.toMatchObject({ revision: 1n });
      expect(await subscription.next()).toEqual({ done: true, value: undefined });

      const closed = { code: 'store_closed' };
      await expect(store.append('execution-2', 'no_stream', sealedChain([1]))).rejects.toMatchObject(closed);
      await expect(store.head()).rejects.toMatchObject(closed);
      await expect((async () => collect(store.readStream('execution-1')))()).rejects.toMatchObject(closed);
      await expect((async () => collect(store.readAll()))()).rejects.toMatchObject(closed);
      await expect((async () => collect(store.subscribe()))()).rejects.toMatchObject(closed);
    });
  });
}

const positionsIn = async (store: EventStore): Promise<string[]> =>
  (await collect(store.readAll())).map(({ position }) => position);

function describeAppending(store: () => EventStore): void {
  describe('appending', () => {
    it('answers with the last revision and where it is, and every event has a place of its own', async () => {
      const first = await store().append('execution-1', 'no_stream', sealedChain([1, 2]));
      expect(first.revision).toBe(1n);
      const second = await store().append('execution-2', 'no_stream', sealedChain([1], { stream: 'execution-2' }));
      const positions = await positionsIn(store());
      expect([first.position, second.position]).toEqual(positions.slice(1));
      expect(positions).toEqual([...positions].sort());
      expect(new Set(positions).size).toBe(3);
      expect(new Set(positions.map(({ length }) => length)).size).toBe(1);
      expect(await store().head()).toBe(second.position);
    });

    it.each<['no_stream' | bigint, bigint | null, number]>([
      [0n, null, 0],
      ['no_stream', 1n, 2],
      [0n, 1n, 2],
      [2n, 1n, 2],
    ])('refuses what expects %p where the stream is at %p, and writes nothing', async (expected, actual, written) => {
      if (written > 0) await store().append('execution-1', 'no_stream', sealedChain(Array(written).fill('here')));
      await expect(
        store().append('execution-1', expected, sealedChain(['late'], { writer: 'b' })),
      ).rejects.toMatchObject({
        code: 'wrong_expected_revision',
        stream: 'execution-1',
        expected,
        actual,
      });
      expect(await collect(store().readAll())).toHaveLength(written);
    });

    it('lets exactly one of two writers have a revision', async () => {
      await store().append('execution-1', 'no_stream', sealedChain([1]));
      const outcomes = await Promise.allSettled(
        ['a', 'b', 'c'].map((writer) => store().append('execution-1', 0n, sealedChain([writer], { from: 1, writer }))),
      );
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await collect(store().readStream('execution-1'))).toHaveLength(2);
    });

    it('writes the same append once: again it is refused, or answered as before, so that a writer whose answer was lost finds its own events', async () => {
      const events = sealedChain([1, 2]);
      const answer = await store().append('execution-1', 'no_stream', events);
      const again = await store()
        .append('execution-1', 'no_stream', events)
        .catch((error: unknown) => error);
      if (again instanceof WrongExpectedRevision) expect(again.actual).toBe(1n);
      else expect(again).toEqual(answer);
      const [first, last, ...more] = await collect(store().readStream('execution-1'));
      expect(more).toEqual([]);
      expect([first!.id, last!.envelope.hash]).toEqual([events[0]!.id, events[1]!.envelope.hash]);
    });

    it('refuses one of many appends at once, and takes the others', async () => {
      const at = (stream: string, expected: 'no_stream' | bigint) =>
        store().append(stream, expected, sealedChain([1], { stream }));
      const outcomes = await Promise.allSettled([at('a-1', 'no_stream'), at('a-2', 5n), at('a-3', 'no_stream')]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await collect(store().readAll())).map(({ stream }) => stream).toSorted()).toEqual(['a-1', 'a-3']);
    });

    it('refuses an append of nothing, and a name that cannot be stored', async () => {
      await expect(store().append('execution-1', 'no_stream', [])).rejects.toThrow('Nothing to append');
      await expect(store().append('', 'no_stream', sealedChain([1]))).rejects.toThrow('needs a name');
      await expect(store().append('a-\ud800', 'no_stream', sealedChain([1]))).rejects.toThrow('needs a name');
      expect(await collect(store().readAll())).toEqual([]);
    });

    it('keeps an event of 1 MiB', async () => {
      const [large] = sealedChain(['é'.repeat(512 * 1024)]);
      await store().append('execution-1', 'no_stream', [large!]).catch(sayWhatToRaise);
      const [read] = await collect(store().readStream('execution-1'));
      expect(read!.data === large!.data).toBe(true);
    });

    it.each([
      ['spaces and quotes', `execution-it's "here"; DROP TABLE events`],
      ['no category', 'lonely'],
      ['wildcards', 'execution-%_*?'],
      ['another script', 'execution-山田 😀'],
      ['no end', `execution-${'x'.repeat(5_000)}`],
    ])('keeps a stream whose name has %s', async (_, stream) => {
      await store().append(stream, 'no_stream', sealedChain([1], { stream }));
      await store().append(`${stream}2`, 'no_stream', sealedChain([1], { stream: `${stream}2` }));
      expect(await verifyChain(stream, store().readStream(stream))).toMatchObject({ valid: true, events: 1 });
    });
  });
}

/** A server's limit is a setting of its own: whoever runs the contract against one is told which. */
function sayWhatToRaise(error: unknown): never {
  if (!(error instanceof PayloadTooLarge)) throw error;
  throw new Error(
    `This store takes appends of ${error.limit} bytes at most, and needs to take 4 MiB. Start EventStoreDB with --max-append-size 16000000 (or EVENTSTORE_MAX_APPEND_SIZE=16000000).`,
    { cause: error },
  );
}

function describeReading(store: () => EventStore): void {
  const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
    (await collect(store().readStream('execution-1', options))).map(({ revision }) => Number(revision));

  describe('reading', () => {
    it('gives nothing of a stream that is not there, nor of an empty log', async () => {
      expect(await revisions({})).toEqual([]);
      expect(await collect(store().readAll())).toEqual([]);
      const head = await store().head(); // of events of the store's own, if it has any
      if (head !== null) expect(await collect(store().readAll({ from: head }))).toEqual([]);
    });

    it('reads a stream both ways, from anywhere, and no more than asked', async () => {
      await store().append('execution-0', 'no_stream', sealedChain([0, 0], { stream: 'execution-0' }));
      await store().append('execution-1', 'no_stream', sealedChain([0, 1, 2, 3, 4]));
      expect(await revisions({})).toEqual([0, 1, 2, 3, 4]);
      expect(await revisions({ from: 3n })).toEqual([3, 4]);
      expect(await revisions({ from: 1n, limit: 2 })).toEqual([1, 2]);
      expect(await revisions({ from: 9n })).toEqual([]);
      expect(await revisions({ direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
      expect(await revisions({ direction: 'backwards', limit: 1 })).toEqual([4]);
      expect(await revisions({ direction: 'backwards', from: 1n })).toEqual([1, 0]);
      expect(await revisions({ limit: 0 })).toEqual([]);
    });

    it('reads more than one page, in order', async () => {
      const values = Array.from({ length: 2_345 }, (_, at) => at);
      await store().append('execution-1', 'no_stream', sealedChain(values));
      expect(await revisions({})).toEqual(values);
      expect(await revisions({ direction: 'backwards' })).toEqual(values.toReversed());
      expect((await collect(store().readAll({ limit: 2_001 }))).length).toBe(2_001);
      const whole = await collect(store().readAll());
      expect(whole.map(({ revision }) => Number(revision))).toEqual(values);
    });

    it('goes on exactly after a position', async () => {
      await store().append('execution-1', 'no_stream', sealedChain([0, 1, 2, 3]));
      const positions = await positionsIn(store());
      const after = await collect(store().readAll({ from: positions[1]!, limit: 1 }));
      expect(after.map(({ position }) => position)).toEqual([positions[2]]);
      expect(await collect(store().readAll({ from: positions[3]! }))).toEqual([]);
    });

    it('reads only the categories and the types that are asked for', async () => {
      for (const [stream, type] of [
        ['execution-1', 'A'],
        ['definition-1', 'A'],
        ['execution-2', 'B'],
        ['executions-1', 'A'],
      ] as const) {
        await store().append(stream, 'no_stream', sealedChain([1], { stream, type }));
      }
      const read = async (options: Parameters<EventStore['readAll']>[0]) =>
        (await collect(store().readAll(options))).map(({ stream }) => stream);
      expect(await read({ categories: ['execution'] })).toEqual(['execution-1', 'execution-2']);
      expect(await read({ categories: ['execution', 'definition'], types: ['A'] })).toEqual([
        'execution-1',
        'definition-1',
      ]);
      expect(await read({ types: ['B', 'C'] })).toEqual(['execution-2']);
      expect(await read({ categories: ['definition', 'executions'], limit: 1 })).toEqual(['definition-1']);
      expect(await read({ categories: [] })).toEqual([]);
      expect(await read({ types: [] })).toEqual([]);
    });
  });
}
