import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EventStoreDBClient, jsonEvent } from '@eventstore/db-client';

import { type Kept, type Running, running } from './kept.js';
import { counted, countedTo, numbers, read } from './reading.js';

describe.each<Kept>(['in memory', 'in a file'])('deleted streams and stream metadata, kept %s', (kept) => {
  let run: Running;
  let client: EventStoreDBClient;

  beforeAll(async () => {
    run = await running(kept);
    ({ client } = run);
  });

  afterAll(() => run.end());

  const begin = (stream: string) => client.appendToStream(stream, countedTo(3), { expectedRevision: 'no_stream' });
  const here = async (stream: string): Promise<number[]> => numbers(await read(client.readStream(stream)));

  it('hides a deleted stream, and goes on with its revisions when it is written to again', async () => {
    await begin('soft-1');
    await client.deleteStream('soft-1', { expectedRevision: 2n });
    await expect(here('soft-1')).rejects.toMatchObject({ type: 'stream-not-found' });
    const again = await client.appendToStream('soft-1', counted(4), { expectedRevision: 'no_stream' });
    expect(again.nextExpectedRevision).toBe(3n);
    expect(await here('soft-1')).toEqual([4]);
    expect((await client.getStreamMetadata('soft-1')).metadata).toMatchObject({ truncateBefore: 3 });
  });

  it('opens a deleted stream also at its last revision, but not as one that exists', async () => {
    await begin('soft-2');
    await client.deleteStream('soft-2');
    await expect(
      client.appendToStream('soft-2', counted(4), { expectedRevision: 'stream_exists' }),
    ).rejects.toMatchObject({ type: 'stream-deleted' });
    await expect(client.appendToStream('soft-2', counted(4), { expectedRevision: 1n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      actualVersion: 2n,
    });
    expect((await client.appendToStream('soft-2', counted(4), { expectedRevision: 2n })).nextExpectedRevision).toBe(3n);
    expect(await here('soft-2')).toEqual([4]);
  });

  it('opens a deleted stream by new metadata', async () => {
    await begin('soft-3');
    await client.deleteStream('soft-3');
    await client.setStreamMetadata('soft-3', { maxCount: 5 });
    expect(await here('soft-3')).toEqual([]);
    expect((await client.getStreamMetadata('soft-3')).metadata).toMatchObject({ truncateBefore: 3, maxCount: 5 });
  });

  it('refuses to delete at another revision, and what never was', async () => {
    await begin('soft-4');
    await expect(client.deleteStream('soft-4', { expectedRevision: 9n })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: 9n,
      actualVersion: 2n,
    });
    await expect(client.deleteStream('never-1')).rejects.toMatchObject({ type: 'wrong-expected-version' });
  });

  it('closes a stream with a tombstone, also one that never was', async () => {
    await begin('hard-1');
    expect((await client.tombstoneStream('hard-1', { expectedRevision: 2n })).position).toBeDefined();
    await client.tombstoneStream('never-2', { expectedRevision: 'no_stream' });
    for (const stream of ['hard-1', 'never-2']) {
      const deleted = { type: 'stream-deleted', streamName: stream };
      await expect(here(stream)).rejects.toMatchObject(deleted);
      await expect(client.appendToStream(stream, counted(1), { expectedRevision: 'any' })).rejects.toMatchObject(
        deleted,
      );
      await expect(client.deleteStream(stream)).rejects.toMatchObject(deleted);
      await expect(client.tombstoneStream(stream)).rejects.toMatchObject(deleted);
      await expect(client.setStreamMetadata(stream, {})).rejects.toMatchObject({ type: 'stream-deleted' });
    }
  });

  it('shows in $all what a stream no longer shows, and what has become of it', async () => {
    await begin('hard-2');
    await client.deleteStream('hard-2');
    await client.tombstoneStream('hard-2', { expectedRevision: 'any' });
    const all = await read(client.readAll());
    const of = all.filter(({ event }) => event?.streamId.endsWith('hard-2')).map(({ event }) => event?.type);
    expect(of).toEqual(['Counted', 'Counted', 'Counted', '$metadata', '$streamDeleted']);
  });

  it('shows no more than $maxCount, nothing before $tb, nothing older than $maxAge', async () => {
    await begin('short-1');
    await client.setStreamMetadata('short-1', { maxCount: 2 });
    expect(await here('short-1')).toEqual([2, 3]);
    await client.setStreamMetadata('short-1', { truncateBefore: 1 });
    expect(await here('short-1')).toEqual([2, 3]);
    const backwards = client.readStream('short-1', { direction: 'backwards', fromRevision: 'end' });
    expect(numbers(await read(backwards))).toEqual([3, 2]);
    await client.setStreamMetadata('short-1', { maxAge: 3_600 });
    expect(await here('short-1')).toEqual([1, 2, 3]);
    await client.setStreamMetadata('short-1', { maxAge: -1 }); // older than in one second's time
    expect(await here('short-1')).toEqual([]);
  });

  it('takes metadata that is no JSON for none', async () => {
    await begin('short-2');
    await client.appendToStream('$$short-2', jsonEvent({ type: '$metadata', data: 'nothing' as never }));
    expect(await here('short-2')).toEqual([1, 2, 3]);
    expect((await client.getStreamMetadata('unknown-1')).metadata).toBeUndefined();
  });

  it('refuses settings that it would not follow', async () => {
    const settings = jsonEvent({ type: 'settings', data: { $userStreamAcl: { $r: '$admins' } } });
    await expect(client.appendToStream('$settings', settings)).rejects.toMatchObject({ type: 'unknown' });
    const withName = { credentials: { username: 'admin', password: '' } };
    await expect(client.appendToStream('$settings', settings, withName)).rejects.toThrow('does not follow $settings');
  });

  it('counts metadata alone as a stream that exists', async () => {
    await client.setStreamMetadata('meta-1', { owner: 'anna' });
    const written = await client.appendToStream('meta-1', counted(1), { expectedRevision: 'stream_exists' });
    expect(written.nextExpectedRevision).toBe(0n);
  });
});
