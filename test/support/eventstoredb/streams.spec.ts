import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent, type JSONEventType, type ResolvedEvent } from '@eventstore/db-client';

import { EventStoreDbServer } from './index.js';

type Counted = JSONEventType<'Counted', { n: number }>;

const counted = (n: number, id?: string) => jsonEvent<Counted>({ type: 'Counted', data: { n }, ...(id && { id }) });

const read = async (events: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> => {
  const all: ResolvedEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

const numbers = (events: readonly ResolvedEvent[]): unknown[] =>
  events.map(({ event }) => (event?.data as Counted['data']).n);

for (const batchAppend of [true, false]) {
  describe(`streams, by ${batchAppend ? 'BatchAppend' : 'Append'}`, () => {
    let server: EventStoreDbServer;
    let client: EventStoreDBClient;

    beforeAll(async () => {
      server = await EventStoreDbServer.start({ batchAppend });
      client = EventStoreDBClient.connectionString(server.url);
    });

    afterAll(async () => {
      await client.dispose();
      await server.stop();
    });

    it('appends what is expected, and reads it both ways', async () => {
      const written = await client.appendToStream('count-1', [counted(1), counted(2), counted(3)], {
        expectedRevision: 'no_stream',
      });
      expect(written).toMatchObject({ success: true, nextExpectedRevision: 2n });
      const forwards = await read(client.readStream('count-1'));
      expect(numbers(forwards)).toEqual([1, 2, 3]);
      expect(forwards.at(-1)?.event?.position).toEqual(written.position);
      expect(
        numbers(await read(client.readStream('count-1', { direction: 'backwards', fromRevision: 'end' }))),
      ).toEqual([3, 2, 1]);
      expect(numbers(await read(client.readStream('count-1', { fromRevision: 1n, maxCount: 1 })))).toEqual([2]);
    });

    it('refuses what is not expected, and says where the stream is', async () => {
      await client.appendToStream('count-2', [counted(1), counted(2)], { expectedRevision: 'no_stream' });
      await expect(
        client.appendToStream('count-2', counted(3), { expectedRevision: 'no_stream' }),
      ).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 'no_stream',
        actualVersion: 1n,
      });
      await expect(client.appendToStream('count-2', counted(3), { expectedRevision: 7n })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 7n,
        actualVersion: 1n,
      });
      await expect(
        client.appendToStream('count-none', counted(3), { expectedRevision: 'stream_exists' }),
      ).rejects.toMatchObject({
        type: 'wrong-expected-version',
        actualVersion: 'no_stream',
      });
    });
  });
}
