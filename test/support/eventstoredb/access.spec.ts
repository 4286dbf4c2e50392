import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient } from '@eventstore/db-client';

import { certificate, EventStoreDbServer } from './index.js';
import { counted, numbers, read } from './reading.js';

const credentials = {
  admin: { password: 'changeit' },
  anna: { password: 'a:b', groups: ['readers'] },
  bert: { password: 'b' },
};

const annas = { username: 'anna', password: 'a:b' };
const berts = { username: 'bert', password: 'b' };

describe('rights, over TLS', () => {
  let folder: string;
  let server: EventStoreDbServer;
  const clients: EventStoreDBClient[] = [];
  let admin: EventStoreDBClient;
  let nobody: EventStoreDBClient;

  /** A client that trusts the server's certificate, as someone or as nobody. */
  const connect = (someone = ''): EventStoreDBClient => {
    const { port } = server;
    const client = EventStoreDBClient.connectionString(
      `esdb://${someone}localhost:${port}?tls=true&tlsCAFile=${join(folder, 'ca.pem')}`,
    );
    clients.push(client);
    return client;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esdb-tls-'));
    const tls = certificate();
    await writeFile(join(folder, 'ca.pem'), tls.cert);
    server = await EventStoreDbServer.start({ tls, credentials });
    admin = connect('admin:changeit@');
    nobody = connect();
    await admin.appendToStream('open-1', counted(1));
  });

  afterAll(async () => {
    for (const client of clients) await client.dispose();
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const denied = { type: 'access-denied' };

  it('says in its connection string that it wants TLS', () => {
    expect(server.url).toBe(`esdb://127.0.0.1:${server.port}?tls=true`);
  });

  it('is no server to a client that does not know its certificate', async () => {
    const stranger = EventStoreDBClient.connectionString(`esdb://localhost:${server.port}?tls=true`);
    await expect(read(stranger.readStream('open-1'))).rejects.toMatchObject({ type: 'unavailable' });
    await stranger.dispose();
  });

  it('lets everyone with a name read and write the streams of users', async () => {
    for (const someone of [annas, berts]) {
      expect(numbers(await read(nobody.readStream('open-1', { credentials: someone })))[0]).toBe(1);
      await nobody.appendToStream('open-1', counted(2), { credentials: someone });
    }
  });

  it('lets nobody without a name do anything, in a batch or by itself', async () => {
    await expect(read(nobody.readStream('open-1'))).rejects.toMatchObject(denied);
    await expect(nobody.appendToStream('open-1', counted(2))).rejects.toMatchObject(denied);
    await expect(nobody.deleteStream('open-1')).rejects.toMatchObject(denied);
  });

  it('refuses a wrong password and an unknown name', async () => {
    for (const wrong of [
      { username: 'anna', password: 'b' },
      { username: 'carl', password: '' },
    ]) {
      await expect(read(nobody.readStream('open-1', { credentials: wrong }))).rejects.toMatchObject(denied);
    }
  });

  it('keeps $all and the streams of the system for administrators', async () => {
    expect((await read(admin.readAll())).length).toBeGreaterThan(2);
    await expect(read(nobody.readAll({ credentials: annas }))).rejects.toMatchObject(denied);
    const subscription = nobody.subscribeToAll({ credentials: annas });
    await expect(read(subscription)).rejects.toMatchObject(denied);
    await expect(read(nobody.readStream('$epoch-information', { credentials: annas }))).rejects.toMatchObject(denied);
    await expect(nobody.setStreamMetadata('$all', {}, { credentials: annas })).rejects.toMatchObject(denied);
  });

  it('opens $all to those whom its list names, and to no one else', async () => {
    await admin.setStreamMetadata('$all', { acl: { readRoles: ['$admins', 'readers'] } });
    expect((await read(nobody.readAll({ credentials: annas }))).length).toBeGreaterThan(2);
    await expect(read(nobody.readAll({ credentials: berts }))).rejects.toMatchObject(denied);
  });

  it('lets no administrator write to $all or delete metadata', async () => {
    await expect(admin.appendToStream('$all', counted(1))).rejects.toMatchObject(denied);
    await expect(admin.tombstoneStream('$all')).rejects.toMatchObject(denied);
    await expect(admin.deleteStream('$$open-1')).rejects.toMatchObject(denied);
  });

  it('asks the list of a stream about reading, writing, deleting and its metadata', async () => {
    await admin.appendToStream('guarded-1', counted(1));
    await admin.setStreamMetadata('guarded-1', {
      acl: {
        readRoles: 'anna' as never, // one role needs no list
        writeRoles: ['bert'],
        deleteRoles: ['bert'],
        metaReadRoles: ['anna'],
        metaWriteRoles: ['bert'],
      },
    });
    expect(numbers(await read(nobody.readStream('guarded-1', { credentials: annas })))).toEqual([1]);
    await expect(read(nobody.readStream('guarded-1', { credentials: berts }))).rejects.toMatchObject(denied);
    await expect(nobody.appendToStream('guarded-1', counted(2), { credentials: annas })).rejects.toMatchObject(denied);
    await nobody.appendToStream('guarded-1', counted(2), { credentials: berts });
    await expect(nobody.getStreamMetadata('guarded-1', { credentials: berts })).rejects.toMatchObject(denied);
    await expect(nobody.setStreamMetadata('guarded-1', {}, { credentials: annas })).rejects.toMatchObject(denied);
    await expect(nobody.tombstoneStream('guarded-1', { credentials: annas })).rejects.toMatchObject(denied);
    await nobody.deleteStream('guarded-1', { credentials: berts });
  });
});
