import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { binaryEvent, type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import { type Running, running } from './kept.js';
import { counted, countedTo, numbers, read } from './reading.js';

for (const [kept, batchAppend] of [
  ['in memory', true],
  ['in memory', false],
  ['in a file', true],
] as const) {
  describe(`streams kept ${kept}, by ${batchAppend ? 'BatchAppend' : 'Append'}`, () => {
    let run: Running;
    let client: EventStoreDBClient;

    beforeAll(async () => {
      run = await running(kept, { batchAppend });
      ({ client } = run);
    });

    afterAll(() => run.end());

    it('appends what is expected, and reads it both ways', async () => {
      const written = await client.appendToStream('count-1', countedTo(3), { expectedRevision: 'no_stream' });
      expect(written).toMatchObject({ success: true, nextExpectedRevision: 2n });
      const forwards = await read(client.readStream('count-1'));
      expect(numbers(forwards)).toEqual([1, 2, 3]);
      expect(forwards.at(-1)?.event?.position).toEqual(written.position);
      const backwards = client.readStream('count-1', { direction: 'backwards', fromRevision: 'end' });
      expect(numbers(await read(backwards))).toEqual([3, 2, 1]);
      expect(numbers(await read(client.readStream('count-1', { fromRevision: 1n, maxCount: 1 })))).toEqual([2]);
      expect(await read(client.readStream('count-1', { fromRevision: 'end' }))).toEqual([]);
      const beyond = client.readStream('count-1', { direction: 'backwards', fromRevision: 99n, maxCount: 2 });
      expect(numbers(await read(beyond))).toEqual([3, 2]);
    });

    it('refuses what is not expected, and says where the stream is', async () => {
      await client.appendToStream('count-2', countedTo(2), { expectedRevision: 'no_stream' });
      await expect(
        client.appendToStream('count-2', counted(3), { expectedRevision: 'no_stream' }),
      ).rejects.toMatchObject({ type: 'wrong-expected-version', expectedVersion: 'no_stream', actualVersion: 1n });
      for (const expectedRevision of [0n, 7n]) {
        await expect(client.appendToStream('count-2', counted(3), { expectedRevision })).rejects.toMatchObject({
          type: 'wrong-expected-version',
          expectedVersion: expectedRevision,
          actualVersion: 1n,
        });
      }
      await expect(
        client.appendToStream('count-none', counted(3), { expectedRevision: 'stream_exists' }),
      ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 'no_stream' });
      expect(numbers(await read(client.readStream('count-2')))).toEqual([1, 2]);
    });

    it('knows an append that comes again by the ids of its events, and answers as before', async () => {
      const events = [counted(1, randomUUID()), counted(2, randomUUID())];
      const options = { expectedRevision: 'no_stream' } as const;
      const first = await client.appendToStream('again-1', events, options);
      expect(await client.appendToStream('again-1', events, options)).toEqual(first);
      await client.appendToStream('again-1', counted(3), { expectedRevision: 1n });
      expect(await client.appendToStream('again-1', events, options)).toEqual(first);
      expect(await client.appendToStream('again-1', events, { expectedRevision: 'any' })).toEqual(first);
      expect(numbers(await read(client.readStream('again-1')))).toEqual([1, 2, 3]);
    });

    it('takes ids that are partly known for another append: a conflict', async () => {
      const [one, two] = [counted(1, randomUUID()), counted(2, randomUUID())];
      await client.appendToStream('again-2', [one, two], { expectedRevision: 'no_stream' });
      for (const [events, expectedRevision] of [
        [[one, counted(3)], 'no_stream'],
        [[one, counted(3)], 'any'],
        [[two], 'no_stream'],
        [[counted(4), two], 'no_stream'],
      ] as const) {
        await expect(client.appendToStream('again-2', [...events], { expectedRevision })).rejects.toMatchObject({
          type: 'wrong-expected-version',
          actualVersion: 1n,
        });
      }
    });

    it('takes an id of before for a new event at the right revision: ids are only looked at in a repetition', async () => {
      const event = counted(1, randomUUID());
      await client.appendToStream('again-3', event, { expectedRevision: 'no_stream' });
      const second = await client.appendToStream('again-3', event, { expectedRevision: 0n });
      expect(second.nextExpectedRevision).toBe(1n);
    });

    it('refuses more than an append may be, and writes nothing of it', async () => {
      const half = binaryEvent({ type: 'Half', data: new Uint8Array(600 * 1024) });
      await expect(
        client.appendToStream('large-1', [half, half], { expectedRevision: 'no_stream' }),
      ).rejects.toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1024 * 1024 });
      await expect(read(client.readStream('large-1'))).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('keeps bytes, odd names and metadata that is no JSON as they came', async () => {
      const name = 'odd-ключ /?&#%\u{1F680}';
      const data = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await client.appendToStream(name, binaryEvent({ type: 'Bytes ✓', data, metadata: data }), {
        expectedRevision: 'no_stream',
      });
      const [found] = await read(client.readStream(name));
      expect(found?.event).toMatchObject({ streamId: name, type: 'Bytes ✓', isJson: false });
      expect(Buffer.from(found?.event?.data as Uint8Array)).toEqual(Buffer.from(data));
      expect(Buffer.from(found?.event?.metadata as Uint8Array)).toEqual(Buffer.from(data));
    });

    it.each(['', '$$'])('refuses the stream name %j', async (name) => {
      await expect(client.appendToStream(name, counted(1), { expectedRevision: 'any' })).rejects.toMatchObject({
        type: 'unknown',
      });
    });

    it.each([
      ['a type', { type: '' }],
      ['an id', { type: 'Counted', id: '00000000-0000-0000-0000-000000000000' }],
    ])('refuses an event without %s', async (_, event) => {
      await expect(client.appendToStream('less-1', jsonEvent({ ...event, data: {} }))).rejects.toMatchObject({
        type: 'unknown',
      });
    });
  });
}
