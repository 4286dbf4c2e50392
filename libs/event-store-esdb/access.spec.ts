import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, sealedChain } from '#event-store/testing';
import { certificate, EventStoreDbServer, type EventStoreDbOptions } from '../../test/support/eventstoredb/index.js';
import { EventStoreDBClient } from '@eventstore/db-client';
import { letReadAll, openEsdbEventStore, type EsdbEventStore } from './index.js';

let folder: string;
let ca: string;
const tls = certificate();
const opened: { close(): Promise<void> }[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'esdb-access-'));
  ca = join(folder, 'ca.crt');
  writeFileSync(ca, tls.cert);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

const start = async (options: EventStoreDbOptions = {}): Promise<EventStoreDbServer> => {
  const server = await EventStoreDbServer.start(options);
  opened.push({ close: () => server.stop() });
  return server;
};
const open = async (url: string): Promise<EsdbEventStore> => {
  const store = await openEsdbEventStore({ url });
  opened.push(store);
  return store;
};
const worksAt = async (url: string): Promise<void> => {
  const store = await open(url);
  await store.append('execution-1', 'no_stream', sealedChain([1, 2]));
  expect(await collect(store.readAll())).toHaveLength(2);
};

describe('A server with users', () => {
  const credentials = { admin: { password: 'changeit' }, reader: { password: 'secret' } };
  const at = (port: number, user: string, trusted = ca) =>
    `esdb://${user}@127.0.0.1:${port}?tls=true&tlsCAFile=${encodeURIComponent(trusted)}`;

  it('takes who says a name and a password, over TLS', async () => {
    const { port } = await start({ credentials, tls });
    await worksAt(at(port, 'admin:changeit'));
  });

  it.each([
    ['a wrong password', 'admin:guessed'],
    ['a user that may not read the whole log', 'reader:secret'],
  ])('refuses %s, at the start, and says what to do', async (_, user) => {
    const { port } = await start({ credentials, tls });
    await expect(open(at(port, user))).rejects.toThrow(/ACL on \$all|credential|authenticat/i);
  });

  it('is not believed where nobody vouches for it', async () => {
    const { port } = await start({ credentials, tls });
    const other = join(folder, 'other.crt');
    writeFileSync(other, certificate().cert);
    await expect(open(at(port, 'admin:changeit', other))).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('The right to read $all', () => {
  const credentials = {
    admin: { password: 'changeit' },
    chatter: { password: 'secret' },
    other: { password: 'secret' },
  };
  const startSecure = async () => {
    const { port } = await start({ credentials, tls });
    const as = (user: string) => `esdb://${user}@127.0.0.1:${port}?tls=true&tlsCAFile=${encodeURIComponent(ca)}`;
    return { admin: as('admin:changeit'), chatter: as('chatter:secret'), other: as('other:secret'), as };
  };

  it('is given by an administrator, to whom it is given alone, and is all that is needed', async () => {
    const { admin, chatter, other } = await startSecure();
    await expect(open(chatter)).rejects.toThrow('ACL on $all');
    expect(await letReadAll(admin, 'chatter')).toBe('given');
    await worksAt(chatter);
    await expect(open(other)).rejects.toThrow('ACL on $all');
    await expect(open(admin)).resolves.toBeDefined();
  });

  it('is given once, and takes nothing from anybody', async () => {
    const { admin, chatter, other } = await startSecure();
    const client = EventStoreDBClient.connectionString(admin);
    opened.push({ close: () => client.dispose() });
    await client.setStreamMetadata('$all', { acl: { readRoles: 'other' as never, metaReadRoles: ['other'] }, note: 1 });
    expect(await letReadAll(admin, 'chatter')).toBe('given');
    expect(await letReadAll(admin, 'chatter')).toBe('had_already');
    for (const url of [chatter, other]) await expect(open(url)).resolves.toBeDefined();
    const { metadata } = await client.getStreamMetadata('$all');
    expect(metadata).toEqual({ acl: { readRoles: ['other', 'chatter'], metaReadRoles: ['other'] }, note: 1 });
  });

  it('is not to be had by who is no administrator', async () => {
    const { chatter, as } = await startSecure();
    expect(await letReadAll(chatter, 'chatter')).toBe('denied');
    expect(await letReadAll(as('admin:guessed'), 'chatter')).toBe('denied');
  });

  it('is not given where no server answers, and that is said', async () => {
    await expect(letReadAll('esdb://127.0.0.1:9?tls=false', 'chatter')).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });
});

describe('A cluster', () => {
  it('is found by any of its hosts, and its new leader when the old one was voted out', async () => {
    const server = await start({ cluster: { followers: 2 } });
    const hosts = server.ports.map((port) => `127.0.0.1:${port}`).join(',');
    const store = await open(`esdb://${hosts}?tls=false`);
    await store.append('execution-1', 'no_stream', sealedChain([1]));
    server.elect(1);
    for (let done = false; !done;) {
      done = await store.append('execution-1', 0n, sealedChain([2], { from: 1 })).then(
        () => true,
        () => new Promise((resolve) => setTimeout(resolve, 100, false)),
      );
    }
    expect(await collect(store.readStream('execution-1'))).toHaveLength(2);
  });

  it('may go by another name: kurrentdb://', async () => {
    const { url } = await start();
    await worksAt(url.replace('esdb:', 'kurrentdb:'));
  });
});
