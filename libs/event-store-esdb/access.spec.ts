import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { collect, sealedChain } from '#event-store/testing';
import { certificate, EventStoreDbServer, type EventStoreDbOptions } from '../../test/support/eventstoredb/index.js';
import { openEsdbEventStore, type EsdbEventStore } from './index.js';

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
