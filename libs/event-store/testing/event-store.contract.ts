import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  executionStream,
  maxPayloadBytes,
  verifyChain,
  type CaughtUp,
  type EventStore,
  type OpenExecution,
  type OpenExecutions,
  type PayloadStore,
  type RecordedEvent,
} from '../index.js';
import { collect, sealedChain, take } from './sealed-chain.js';

/** An empty store, opened for one test. */
export interface OpenedStore {
  readonly store: EventStore;
  readonly openExecutions: OpenExecutions;
  readonly payloads: PayloadStore;
  /** Closes it and opens what it left, as a restart does; null where nothing is left (in memory). */
  readonly reopen: (() => Promise<OpenedStore>) | null;
  close(): Promise<void>;
}

/** What every store of events has to do: run by each adapter. */
export function describeEventStore(name: string, open: () => Promise<OpenedStore>): void {
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
    describeOpenExecutions(() => opened);
    describePayloads(() => opened);

    it('keeps everything over a restart, to the byte', async () => {
      const events = sealedChain(['é', { nested: [1.5e-7, null] }, '\u2028'], {});
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

function describeAppending(store: () => EventStore): void {
  describe('appending', () => {
    it('answers with the last revision and a position for every event', async () => {
      const first = await store().append('execution-1', 'no_stream', sealedChain([1, 2]));
      expect(first.revision).toBe(1n);
      expect(first.positions).toHaveLength(2);
      expect(first.position).toBe(first.positions[1]);
      const second = await store().append('execution-2', 'no_stream', sealedChain([1], { stream: 'execution-2' }));
      const positions = [...first.positions, ...second.positions];
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

    it('refuses the same append again, so that a writer whose answer was lost finds its own events', async () => {
      const events = sealedChain([1, 2]);
      await store().append('execution-1', 'no_stream', events);
      await expect(store().append('execution-1', 'no_stream', events)).rejects.toMatchObject({ actual: 1n });
      const [first, last] = await collect(store().readStream('execution-1'));
      expect([first!.id, last!.envelope.hash]).toEqual([events[0]!.id, events[1]!.envelope.hash]);
    });

    it('refuses one of many appends at once, and takes the others', async () => {
      const at = (stream: string, expected: 'no_stream' | bigint) =>
        store().append(stream, expected, sealedChain([1], { stream }));
      const outcomes = await Promise.allSettled([at('a-1', 'no_stream'), at('a-2', 5n), at('a-3', 'no_stream')]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await collect(store().readAll())).map(({ stream }) => stream)).toEqual(['a-1', 'a-3']);
    });

    it('refuses an append of nothing, and a name that cannot be stored', async () => {
      await expect(store().append('execution-1', 'no_stream', [])).rejects.toThrow('Nothing to append');
      await expect(store().append('', 'no_stream', sealedChain([1]))).rejects.toThrow('needs a name');
      await expect(store().append('a-\ud800', 'no_stream', sealedChain([1]))).rejects.toThrow('needs a name');
      expect(await store().head()).toBeNull();
    });

    it('keeps an event of 1 MiB', async () => {
      const [large] = sealedChain(['é'.repeat(512 * 1024)]);
      await store().append('execution-1', 'no_stream', [large!]);
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

function describeReading(store: () => EventStore): void {
  const revisions = async (options: Parameters<EventStore['readStream']>[1]) =>
    (await collect(store().readStream('execution-1', options))).map(({ revision }) => Number(revision));

  describe('reading', () => {
    it('gives nothing of a stream that is not there, nor of an empty log', async () => {
      expect(await revisions({})).toEqual([]);
      expect(await collect(store().readAll())).toEqual([]);
      expect(await store().head()).toBeNull();
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
      const { positions } = await store().append('execution-1', 'no_stream', sealedChain([0, 1, 2, 3]));
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

/** What a subscription gave, short: values, or `caught up`. */
const seen = (items: readonly (RecordedEvent | CaughtUp)[]): unknown[] =>
  items.map((item) => ('data' in item ? (JSON.parse(item.data) as { value: unknown }).value : 'caught up'));

function describeSubscribing(store: () => EventStore, reopened: () => Promise<boolean>): void {
  const subscribed = (options?: Parameters<EventStore['subscribe']>[0]) =>
    store().subscribe(options)[Symbol.asyncIterator]();
  const append = (stream: string, values: readonly unknown[], from = 0) =>
    store().append(stream, from === 0 ? 'no_stream' : BigInt(from - 1), sealedChain(values, { stream, from }));

  describe('subscribing', () => {
    it('gives what is there, says so, and goes on with what comes', async () => {
      await append('execution-1', ['old', 'older']);
      const subscription = subscribed();
      expect(seen(await take(subscription, 3))).toEqual(['old', 'older', 'caught up']);
      const next = take(subscription, 2);
      await append('execution-1', ['new'], 2);
      expect(seen(await next)).toEqual(['new', 'caught up']);
      await subscription.return?.();
    });

    it('tells where it has caught up, also of what it does not read', async () => {
      await append('definition-1', [1]);
      const { position } = await append('execution-1', [1]);
      const subscription = subscribed({ categories: ['definition'] });
      const [, caughtUp] = await take(subscription, 2);
      expect(caughtUp).toEqual({ type: 'caught_up', position });
      await subscription.return?.();
    });

    it('says on an empty log that nothing is missing', async () => {
      const subscription = subscribed();
      expect(seen(await take(subscription, 1))).toEqual(['caught up']);
      await subscription.return?.();
    });

    it('goes on exactly after the last position, also after a restart', async () => {
      const { positions } = await append('execution-1', [0, 1, 2]);
      await reopened();
      const subscription = subscribed({ from: positions[1]! });
      expect(seen(await take(subscription, 2))).toEqual([2, 'caught up']);
      const next = take(subscription, 1);
      await append('execution-1', [3], 3);
      expect(seen(await next)).toEqual([3]);
      await subscription.return?.();
    });

    it('reads only what is asked for', async () => {
      const subscription = subscribed({ categories: ['definition'], types: ['StepCompleted'] });
      await take(subscription, 1);
      const next = take(subscription, 2);
      await append('execution-1', ['another category']);
      await append('definition-1', ['ours']);
      expect(seen(await next)).toContain('ours');
      await subscription.return?.();
    });

    it('misses nothing while events come and a slow reader reads', async () => {
      const subscription = subscribed();
      const values = Array.from({ length: 50 }, (_, at) => at);
      const writing = Promise.all(values.map((value) => append(`execution-${value}`, [value, value])));
      const got: unknown[] = [];
      while (got.length < 100) {
        got.push(...seen(await take(subscription, 1)).filter((item) => item !== 'caught up'));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await writing;
      expect([...got].sort()).toEqual(values.flatMap((value) => [value, value]).sort());
      await subscription.return?.();
    });

    it('ends by its signal: in the middle of reading, while it waits, and before it begins', async () => {
      await append('execution-1', [0, 1, 2]);
      const reading = new AbortController();
      const first = subscribed({ signal: reading.signal });
      await take(first, 1);
      reading.abort();
      expect(await take(first, 1)).toEqual([]);

      const waiting = new AbortController();
      const second = subscribed({ signal: waiting.signal });
      await take(second, 4);
      const rest = take(second, 1);
      waiting.abort();
      expect(await rest).toEqual([]);
      expect(await take(subscribed({ signal: AbortSignal.abort() }), 1)).toEqual([]);
    });
  });
}

function describeOpenExecutions(opened: () => OpenedStore): void {
  const row = (id: string, change: Partial<OpenExecution> = {}): OpenExecution => ({
    stream: executionStream(id),
    tenant: 'default',
    priority: 0,
    status: 'running',
    dueAt: null,
    ...change,
  });
  const accept = (id: string, change?: Partial<OpenExecution>) => {
    const stream = executionStream(id);
    return opened().store.append(stream, 'no_stream', sealedChain([1], { stream }), { row: row(id, change) });
  };

  describe('open executions', () => {
    it('change with the append', async () => {
      const { store, openExecutions } = opened();
      await accept('1', { priority: 5 });
      expect(await openExecutions.list({ limit: 9 })).toEqual([row('1', { priority: 5 })]);
      const waiting = row('1', { status: 'waiting', dueAt: 1_700_000_000_000 });
      await store.append('execution-1', 0n, sealedChain([2], { from: 1 }), { row: waiting });
      expect(await openExecutions.list({ limit: 9 })).toEqual([waiting]);
      await store.append('execution-1', 1n, sealedChain([3], { from: 2 }));
      expect(await openExecutions.list({ limit: 9 })).toEqual([waiting]);
      await store.append('execution-1', 2n, sealedChain([4], { from: 3 }), 'closed');
      expect(await openExecutions.list({ limit: 9 })).toEqual([]);
    });

    it('stay as they are when the append is refused', async () => {
      await accept('1');
      const late = opened().store.append('execution-1', 'no_stream', sealedChain([1]), 'closed');
      await expect(late).rejects.toMatchObject({ code: 'wrong_expected_revision' });
      expect(await opened().openExecutions.list({ limit: 9 })).toEqual([row('1')]);
    });

    it('are listed by name, page by page', async () => {
      for (const id of ['2', '1', '3']) await accept(id);
      const first = await opened().openExecutions.list({ limit: 2 });
      expect(first.map(({ stream }) => stream)).toEqual(['execution-1', 'execution-2']);
      const next = await opened().openExecutions.list({ after: first[1]!.stream, limit: 2 });
      expect(next.map(({ stream }) => stream)).toEqual(['execution-3']);
    });

    it('tell what is due, the earliest first', async () => {
      expect(await opened().openExecutions.nextDue()).toBeNull();
      await accept('1', { dueAt: 300 });
      await accept('2', { dueAt: 100 });
      await accept('3');
      await accept('4', { dueAt: 200 });
      const due = async (at: number, limit: number) =>
        (await opened().openExecutions.due(at, limit)).map(({ stream }) => stream);
      expect(await opened().openExecutions.nextDue()).toBe(100);
      expect(await due(99, 9)).toEqual([]);
      expect(await due(200, 9)).toEqual(['execution-2', 'execution-4']);
      expect(await due(300, 1)).toEqual(['execution-2']);
    });

    it('are marked without an append', async () => {
      await accept('1');
      await opened().openExecutions.put(row('1', { status: 'parked' }));
      expect(await opened().openExecutions.list({ limit: 9 })).toEqual([row('1', { status: 'parked' })]);
    });
  });
}

function describePayloads(opened: () => OpenedStore): void {
  const bytes = new TextEncoder().encode('{"large":"value"}');
  const digest = 'e4e9b4ba7f6ffbc83ed9e1aeba2bd47f32ba4d8a2a1e2fcb42b50c4a1cb9dca5';

  describe('payloads', () => {
    it('are kept under what they hold, and twice the same is once', async () => {
      const { payloads } = opened();
      const first = await payloads.put('default', bytes);
      expect(first).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), size: 17 });
      expect(await payloads.put('default', bytes)).toEqual(first);
      expect(Buffer.from((await payloads.get('default', first.sha256))!).equals(bytes)).toBe(true);
    });

    it('belong to one tenant', async () => {
      const { sha256 } = await opened().payloads.put('one', bytes);
      expect(await opened().payloads.get('another', sha256)).toBeNull();
      expect(await opened().payloads.get('one', digest)).toBeNull();
    });

    it('are kept as they were, whatever becomes of the bytes given', async () => {
      const given = bytes.slice();
      const { sha256 } = await opened().payloads.put('default', given);
      given.fill(0);
      expect(Buffer.from((await opened().payloads.get('default', sha256))!).equals(bytes)).toBe(true);
    });

    it('may be empty', async () => {
      const { sha256, size } = await opened().payloads.put('default', new Uint8Array());
      expect(size).toBe(0);
      expect((await opened().payloads.get('default', sha256))?.length).toBe(0);
    });

    it('are refused over the limit', async () => {
      await expect(opened().payloads.put('default', new Uint8Array(maxPayloadBytes + 1))).rejects.toMatchObject({
        code: 'payload_too_large',
        size: maxPayloadBytes + 1,
        limit: maxPayloadBytes,
      });
    });
  });
}
