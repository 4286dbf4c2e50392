import { describe, expect, it } from '@jest/globals';
import type { CaughtUp, EventStore, RecordedEvent } from '../index.js';
import { collect, sealedChain, take } from './sealed-chain.js';

/** What a subscription gave, short: values, or `caught up`. */
const seen = (items: readonly (RecordedEvent | CaughtUp)[]): unknown[] =>
  items.map((item) => ('data' in item ? (JSON.parse(item.data) as { value: unknown }).value : 'caught up'));

export function describeSubscribing(store: () => EventStore, reopened: () => Promise<boolean>): void {
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
      await append('execution-1', [0, 1, 2]);
      const positions = (await collect(store().readAll())).map(({ position }) => position);
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
