import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';

import { EventStoreDbServer } from './index.js';
import { counted, numbers, read } from './reading.js';

for (const batchAppend of [true, false]) {
  describe(`a cluster, with ${batchAppend ? 'BatchAppend' : 'Append'}`, () => {
    let server: EventStoreDbServer;
    const clients: EventStoreDBClient[] = [];

    beforeEach(async () => {
      server = await EventStoreDbServer.start({ cluster: { followers: 2 }, batchAppend });
    });

    afterEach(async () => {
      for (const client of clients.splice(0)) await client.dispose();
      await server.stop();
    });

    const connect = (url: string): EventStoreDBClient => {
      const client = EventStoreDBClient.connectionString(url);
      clients.push(client);
      return client;
    };
    const at = (node: number): EventStoreDBClient => connect(`esdb://127.0.0.1:${server.ports[node]}?tls=false`);

    it('names all its nodes, of which a client takes the leader or a follower', async () => {
      expect(new Set(server.ports).size).toBe(3);
      for (const preference of ['leader', 'follower']) {
        const client = connect(`${server.url}&nodePreference=${preference}`);
        await client.appendToStream(`from-${preference}`, counted(1), { expectedRevision: 'no_stream' });
        expect(numbers(await read(client.readStream(`from-${preference}`)))).toEqual([1]);
      }
    });

    it('is found by one of its nodes', async () => {
      const client = connect(`esdb+discover://127.0.0.1:${server.ports[2]}?tls=false`);
      await client.appendToStream('found-1', counted(1), { requiresLeader: true });
    });

    it('passes writes on to the leader, but not those that insist on it: these are told where it is', async () => {
      const follower = at(1);
      await follower.appendToStream('passed-1', counted(1), { expectedRevision: 'no_stream' });
      const refused = { type: 'not-leader', leader: { address: '127.0.0.1', port: server.ports[0] } };
      await expect(read(follower.readStream('passed-1', { requiresLeader: true }))).rejects.toMatchObject(refused);
      await expect(at(2).appendToStream('passed-1', counted(2), { requiresLeader: true })).rejects.toMatchObject(
        refused,
      );
      await expect(at(2).deleteStream('passed-1', { requiresLeader: true })).rejects.toMatchObject(refused);
      expect(numbers(await read(at(0).readStream('passed-1', { requiresLeader: true })))).toEqual([1]);
    });

    it('goes on without its leader when another is elected', async () => {
      const client = connect(server.url);
      await client.appendToStream('left-1', counted(1), { expectedRevision: 'no_stream' });
      const back = server.faults.goAway(800, 0);
      server.elect(1);
      const append = () => client.appendToStream('left-1', counted(2), { requiresLeader: true, expectedRevision: 0n });
      await expect(append()).rejects.toMatchObject({ type: 'unavailable' });
      await append();
      expect(numbers(await read(client.readStream('left-1')))).toEqual([1, 2]);
      await back;
    });

    it('elects another leader, to which a client that was told goes by itself', async () => {
      const client = at(0);
      await client.appendToStream('moved-1', counted(1), { requiresLeader: true });
      server.elect(2);
      await expect(client.appendToStream('moved-1', counted(2), { requiresLeader: true })).rejects.toMatchObject({
        type: 'not-leader',
        leader: { port: server.ports[2] },
      });
      await client.appendToStream('moved-1', counted(2), { requiresLeader: true, expectedRevision: 0n });
      expect(numbers(await read(client.readStream('moved-1', { requiresLeader: true })))).toEqual([1, 2]);
    });
  });
}
