import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { EventStoreDBClient } from '@eventstore/db-client';

import { EventStoreDbServer } from './index.js';
import { counted, countedTo, numbers, read, take } from './reading.js';

for (const batchAppend of [true, false]) {
  describe(`faults, with ${batchAppend ? 'BatchAppend' : 'Append'}`, () => {
    let folder: string;
    let server: EventStoreDbServer;
    let client: EventStoreDBClient;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'esdb-'));
      server = await EventStoreDbServer.start({ batchAppend, file: join(folder, 'log.db') });
      client = EventStoreDBClient.connectionString(server.url);
      await client.appendToStream('here-1', counted(1), { expectedRevision: 'no_stream' });
    });

    afterEach(async () => {
      await client.dispose();
      await server.stop();
      await rm(folder, { recursive: true });
    });

    const append = (n: number, expectedRevision: bigint, id?: string) =>
      client.appendToStream('here-1', counted(n, id), { expectedRevision });
    const here = async (): Promise<number[]> => numbers(await read(client.readStream('here-1')));

    it('cuts what is open, and takes what comes next', async () => {
      const subscription = client.subscribeToStream('here-1');
      const reading = take(subscription, 2);
      await new Promise((resolve) => subscription.once('caughtUp', resolve));
      server.faults.dropConnections();
      await expect(reading).rejects.toMatchObject({ type: expect.stringMatching(/unavailable|cancelled/) as never });
      expect(await here()).toEqual([1]);
    });

    it('writes, and loses the answer: the same append again is answered as it would have been', async () => {
      const id = '7c9a1f0e-3a52-4c2e-9a54-1f2a35b9e6d1';
      server.faults.loseNextAnswer();
      await expect(append(2, 0n, id)).rejects.toMatchObject({
        type: expect.stringMatching(/unavailable|cancelled/) as never,
      });
      expect(await here()).toEqual([1, 2]);
      expect(await append(2, 0n, id)).toMatchObject({ success: true, nextExpectedRevision: 1n });
      expect(await here()).toEqual([1, 2]);
    });

    it('loses the answer of a delete and of a tombstone', async () => {
      server.faults.loseNextAnswer();
      await expect(client.deleteStream('here-1')).rejects.toMatchObject({ name: 'Error' });
      await expect(here()).rejects.toMatchObject({ type: 'stream-not-found' });
      server.faults.loseNextAnswer();
      await expect(client.tombstoneStream('here-1')).rejects.toMatchObject({ name: 'Error' });
      await expect(here()).rejects.toMatchObject({ type: 'stream-deleted' });
    });

    it('refuses as often as asked, and does nothing meanwhile', async () => {
      server.faults.refuse(status.UNAVAILABLE, 2);
      await expect(append(2, 0n)).rejects.toMatchObject({ type: 'unavailable' });
      await expect(here()).rejects.toMatchObject({ type: 'unavailable' });
      expect(await here()).toEqual([1]);
    });

    it('makes none of the appends that a refusal has ended', async () => {
      server.faults.refuse(status.UNAVAILABLE, batchAppend ? 1 : 5);
      const appends = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5'].map((stream) => client.appendToStream(stream, counted(1)));
      const outcomes = await Promise.allSettled(appends);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(5).fill('rejected'));
      await expect(read(client.readStream('a-5'))).rejects.toMatchObject({ type: 'stream-not-found' });
    });

    it('refuses calls of one kind only', async () => {
      server.faults.refuse(status.RESOURCE_EXHAUSTED, 1, 'Read');
      await append(2, 0n);
      await expect(here()).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
      expect(await here()).toEqual([1, 2]);
    });

    it('is slow as asked, until a deadline of the client has passed', async () => {
      server.faults.delay(400, batchAppend ? 'BatchAppend' : 'Append');
      await expect(
        client.appendToStream('here-1', counted(2), { expectedRevision: 0n, deadline: 50 }),
      ).rejects.toMatchObject({ type: 'deadline-exceeded' });
      server.faults.delay(0, batchAppend ? 'BatchAppend' : 'Append');
      expect(await here()).toEqual([1]);
      server.faults.delay(30);
      expect(await here()).toEqual([1]);
    });

    it('goes away, and comes back on its port with what it had', async () => {
      const back = server.faults.goAway(600);
      await expect(here()).rejects.toMatchObject({ type: 'unavailable' });
      await back;
      expect(await here()).toEqual([1]);
      await append(2, 0n);
      expect(await here()).toEqual([1, 2]);
    });

    it('does not come back when it has been stopped meanwhile', async () => {
      const back = server.faults.goAway(100);
      await server.stop();
      await back;
      await expect(here()).rejects.toMatchObject({ type: 'unavailable' });
      server = await EventStoreDbServer.start({ batchAppend, file: join(folder, 'log.db') });
    });

    it('has, started again on its file, what it had', async () => {
      const written = await client.appendToStream('here-1', countedTo(3), { expectedRevision: 0n });
      const { port } = server;
      await server.stop();
      server = await EventStoreDbServer.start({ batchAppend, port, file: join(folder, 'log.db') });
      await here().catch(() => undefined); // a call may be what finds out that its connection is gone
      expect(await here()).toEqual([1, 1, 2, 3]);
      const next = await append(9, 3n);
      expect(next.position!.commit).toBeGreaterThan(written.position!.commit);
      const all = await read(client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 2 }));
      expect(all.map(({ event }) => event?.streamId)).toEqual(['here-1', '$epoch-information']);
    });
  });
}
