import { setTimeout as rest } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EventStoreDBClient,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  jsonEvent,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';

import { type Kept, type Running, running } from './kept.js';
import { counted, countedTo, numbers, read, streamsOf, take } from './reading.js';

describe.each<Kept>(['in memory', 'in a file'])('$all and subscriptions, kept %s', (kept) => {
  let run: Running;
  let client: EventStoreDBClient;

  beforeEach(async () => {
    run = await running(kept);
    ({ client } = run);
  });

  afterEach(() => run.end());

  const append = (stream: string, count = 1) => client.appendToStream(stream, countedTo(count));

  it('reads all streams in one order, both ways, with events of the server among them', async () => {
    await append('a-1', 2);
    await append('b-1', 1);
    const forwards = await read(client.readAll());
    expect(streamsOf(forwards).filter((stream) => !stream?.startsWith('$'))).toEqual(['a-1', 'a-1', 'b-1']);
    expect(streamsOf(forwards)[0]).toMatch(/^\$\$\$stats/);
    const backwards = await read(client.readAll({ direction: 'backwards', fromPosition: 'end' }));
    expect(backwards.reverse().map(({ event }) => event?.id)).toEqual(forwards.map(({ event }) => event?.id));
  });

  it('begins at a position forwards, and before it backwards', async () => {
    await append('a-1', 3);
    const [, second] = (await read(client.readAll())).filter(({ event }) => event?.streamId === 'a-1');
    const from = { fromPosition: second!.event!.position, maxCount: 1 };
    expect(numbers(await read(client.readAll(from)))).toEqual([2]);
    expect(numbers(await read(client.readAll({ ...from, direction: 'backwards' })))).toEqual([1]);
  });

  it('refuses a position that no event has, and has nothing yet beyond the end', async () => {
    await append('a-1', 3);
    const commit = (await read(client.readAll())).at(-1)!.event!.position.commit;
    for (const position of [
      { commit: commit - 1n, prepare: commit - 1n },
      { commit, prepare: commit - 1n },
    ]) {
      await expect(read(client.readAll({ fromPosition: position }))).rejects.toThrow('invalid position');
    }
    expect(await read(client.readAll({ fromPosition: { commit: commit + 9n, prepare: commit + 9n } }))).toEqual([]);
  });

  it('pages through more than fits into one answer', async () => {
    for (let batch = 0; batch < 5; batch += 1) await append(`long-${batch}`, 700);
    expect(await read(client.readStream('long-4'))).toHaveLength(700);
    const count = (await read(client.readAll())).filter(({ event }) => event?.streamId.startsWith('long-')).length;
    expect(count).toBe(3_500);
  });

  it('follows a stream that begins later, from after a revision, and from its end', async () => {
    const all = take(client.subscribeToStream('later-1'), 4);
    await append('later-1', 2);
    const after = take(client.subscribeToStream('later-1', { fromRevision: 0n }), 3);
    const fresh = client.subscribeToStream('later-1', { fromRevision: 'end' });
    await new Promise((resolve) => fresh.once('caughtUp', resolve));
    await client.appendToStream('later-1', [counted(3), counted(4)], { expectedRevision: 1n });
    expect(numbers(await all)).toEqual([1, 2, 3, 4]);
    expect(numbers(await after)).toEqual([2, 3, 4]);
    expect(numbers(await take(fresh, 2))).toEqual([3, 4]);
  });

  it('confirms first, and says after what is there that it has caught up', async () => {
    await append('a-1', 40);
    const seen: string[] = [];
    const subscription = client.subscribeToStream('a-1');
    subscription
      .on('confirmation', () => seen.push('confirmation'))
      .on('data', () => seen.push('event'))
      .on('caughtUp', () => seen.push('caught up'));
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    expect(seen).toEqual(['confirmation', ...Array<string>(40).fill('event'), 'caught up']);
    await subscription.unsubscribe();
  });

  it('ends a subscription whose stream is closed for good', async () => {
    await append('closing-1');
    const reading = take(client.subscribeToStream('closing-1'), 2);
    await client.tombstoneStream('closing-1');
    await expect(reading).rejects.toMatchObject({ type: 'stream-deleted', streamName: 'closing-1' });
  });

  it.each<[string, Filter, string[]]>([
    ['prefixes of streams', streamNameFilter({ prefixes: ['a-', 'c-'] }), ['a-1', 'c-1', 'a-2']],
    ['a pattern of streams', streamNameFilter({ regex: '^[ac]-[12]$' }), ['a-1', 'c-1', 'a-2']],
    ['prefixes of types', eventTypeFilter({ prefixes: ['Coun'] }), ['a-1', 'b-1', 'c-1', 'a-2']],
    ['a pattern of types', eventTypeFilter({ regex: '^[^$].*ed$' }), ['a-1', 'b-1', 'c-1', 'a-2']],
    ['no system events', excludeSystemEvents(), ['a-1', 'b-1', 'c-1', 'a-2']],
  ])('follows $all by %s', async (_, filter, streams) => {
    for (const stream of ['a-1', 'b-1', 'c-1']) await append(stream);
    const subscription = client.subscribeToAll({ filter });
    const reading = take(subscription, streams.length);
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    await append('a-2');
    expect(streamsOf(await reading)).toEqual(streams);
  });

  it('tells after each interval, and where it catches up, how far it has looked', async () => {
    await append('a-1', 100);
    const positions: Position[] = [];
    const filter = streamNameFilter({
      prefixes: ['b-'],
      maxSearchWindow: 10,
      checkpointInterval: 2,
      checkpointReached: (_subscription, position) => void positions.push(position),
    });
    const subscription = client.subscribeToAll({ filter, fromPosition: START });
    subscription.resume();
    await new Promise((resolve) => subscription.once('caughtUp', resolve));
    const all = await read(client.readAll());
    expect(all).toHaveLength(102);
    const expected = [20, 40, 60, 80, 100, 102].map((seen) => all[seen - 1]!.event!.position);
    expect(positions).toEqual(expected);
    await append('a-1', 20);
    const end = (await read(client.readAll())).at(-1)!.event!.position;
    while (positions.length < 7) await rest(5);
    expect(positions.at(-1)).toEqual(end);
    expect(streamsOf(await read(client.readAll({ fromPosition: positions[0]!, maxCount: 1 })))).toEqual(['a-1']);
    await subscription.unsubscribe();
  });

  it('goes on exactly after a position, be it of an event or of a checkpoint', async () => {
    await append('a-1', 50);
    const first = await take(client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['a-'] }) }), 20);
    const fromPosition = first.at(-1)!.event!.position;
    const rested = client.subscribeToAll({ fromPosition, filter: streamNameFilter({ prefixes: ['a-'] }) });
    expect(numbers(await take(rested, 30))[0]).toBe(21);
  });

  it('holds nothing for a slow reader, and loses nothing', async () => {
    const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: ['slow-'] }) });
    let caughtUp = 0;
    subscription.on('caughtUp', () => (caughtUp += 1));
    for (let batch = 0; batch < 10; batch += 1) {
      await client.appendToStream(
        'slow-1',
        Array.from({ length: 200 }, (_, n) => counted(batch * 200 + n)),
      );
    }
    const taken: number[] = [];
    for await (const { event } of subscription) {
      taken.push((event!.data as { n: number }).n);
      if (taken.length % 500 === 0) await rest(20);
      if (taken.length === 2_000) break;
    }
    expect(taken).toEqual(Array.from({ length: 2_000 }, (_, n) => n));
    expect(caughtUp).toBeGreaterThan(0);
  });

  it('resolves links, and shows a link whose event is gone alone', async () => {
    await append('a-1', 2);
    const link = (to: string) => jsonEvent({ type: '$>', data: to as never });
    const raw = (to: string) => ({
      ...link(to),
      contentType: 'application/octet-stream' as const,
      data: Buffer.from(to),
    });
    await client.appendToStream('links-1', [raw('1@a-1'), raw('9@a-1'), raw('nowhere')] as never);
    const [found, gone, none] = await read(client.readStream('links-1', { resolveLinkTos: true }));
    expect(found).toMatchObject({
      event: { streamId: 'a-1', revision: 1n },
      link: { streamId: 'links-1', revision: 0n },
    });
    expect(gone?.event).toBeUndefined();
    expect(gone?.link).toMatchObject({ revision: 1n });
    expect(none).toMatchObject({ event: { type: '$>', revision: 2n } });
    expect((await read(client.readStream('links-1')))[0]?.event).toMatchObject({ type: '$>' });
  });
});
