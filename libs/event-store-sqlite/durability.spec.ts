import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { executionStream, verifyChain } from '#event-store';
import { collect, sealedChain, take } from '#event-store/testing';
import { openSqliteEventReader, openSqliteEventStore, type SqliteEventLog, type SqliteOptions } from './index.js';

let dir: string;
let log: SqliteEventLog | null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'durability-'));
  log = null;
});
afterEach(async () => {
  await log?.close();
  rmSync(dir, { recursive: true, force: true });
});

const open = async (options: Partial<SqliteOptions> = {}): Promise<SqliteEventLog> => {
  await log?.close();
  log = null;
  log = await openSqliteEventStore({ dir, ...options });
  return log;
};
const stream = executionStream('1');
const row = { tenant: 'default', priority: 0, status: 'running', dueAt: null } as const;

describe('what the embedded log says of itself', () => {
  it('is durable, and shows it', async () => {
    expect((await open()).health()).toEqual({ journal_mode: 'wal', synchronous: 2 });
  });

  it('shares commits among appends and payloads of one moment', async () => {
    const { store, payloads, stats } = await open();
    const appends = Array.from({ length: 64 }, (_, at) => {
      const name = executionStream(String(at));
      return store.append(name, 'no_stream', sealedChain([1, 2], { stream: name }));
    });
    await Promise.all([...appends, payloads.put('default', new Uint8Array(9))]);
    expect(stats()).toMatchObject({ works: 65, events: 128 });
    expect(stats().commits).toBeLessThanOrEqual(2);
  });
});

describe('the lock on the directory', () => {
  it('refuses a second opener with a word on what to do, and is free after closing', async () => {
    await open();
    await expect(openSqliteEventStore({ dir })).rejects.toMatchObject({
      code: 'directory_locked',
      message: expect.stringContaining(dir),
    });
    await log!.close();
    await log!.close();
    await open();
  });

  it('is free when the process that held it was killed', async () => {
    await (await open()).close();
    const holding = `
      const { DatabaseSync } = require('node:sqlite');
      const lock = new DatabaseSync(${JSON.stringify(join(dir, 'lock.db'))});
      lock.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['-e', holding], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    await expect(openSqliteEventStore({ dir })).rejects.toMatchObject({ code: 'directory_locked' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await open();
  });

  it('is free when opening failed', async () => {
    writeFileSync(join(dir, 'events.db'), 'no database, but long enough to look at'.repeat(100));
    await expect(open()).rejects.toThrow();
    rmSync(join(dir, 'events.db'));
    await open();
  });
});

describe('a full disk', () => {
  it('refuses writes with a reason, reads on, and recovers', async () => {
    const { store, payloads } = await open({ maxPages: 20 });
    const first = sealedChain(['fits']);
    await store.append(stream, 'no_stream', first);
    const next = sealedChain(['x'.repeat(200_000)], { from: 1, prev: first[0]!.envelope.hash });
    const full = { code: 'storage_full' };
    await expect(store.append(stream, 0n, next)).rejects.toMatchObject(full);
    await expect(payloads.put('default', new Uint8Array(200_000))).rejects.toMatchObject(full);
    expect(await collect(store.readStream(stream))).toHaveLength(1);
    const small = sealedChain(['fits too'], { stream: 'execution-2' });
    await store.append('execution-2', 'no_stream', small);

    const roomy = await open();
    await roomy.store.append(stream, 0n, next);
    expect(await verifyChain(stream, roomy.store.readStream(stream))).toMatchObject({ valid: true, events: 2 });
  });
});

describe('a log that cannot be written to any more', () => {
  it('stops for everyone, and goes on when it is opened again', async () => {
    const { store, payloads, openExecutions } = await open();
    const first = sealedChain(['durable']);
    await store.append(stream, 'no_stream', first);
    const subscription = store.subscribe()[Symbol.asyncIterator]();
    await take(subscription, 2);
    const told = subscription.next();
    const read = store.readAll();

    const breaking = new DatabaseSync(join(dir, 'events.db'));
    breaking.exec('ALTER TABLE payloads RENAME TO elsewhere');
    const stopped = { code: 'store_unavailable' };
    await expect(payloads.put('default', new Uint8Array(1))).rejects.toMatchObject(stopped);
    await expect(told).rejects.toMatchObject(stopped);
    await expect(store.append(stream, 0n, first)).rejects.toMatchObject(stopped);
    await expect(openExecutions.put({ ...row, stream })).rejects.toMatchObject(stopped);
    await expect(store.head()).rejects.toMatchObject(stopped);
    await expect(collect(read)).rejects.toMatchObject(stopped);
    await expect(collect(store.readStream(stream))).rejects.toMatchObject(stopped);
    await expect(collect(store.subscribe())).rejects.toMatchObject(stopped);
    breaking.exec('ALTER TABLE elsewhere RENAME TO payloads');
    breaking.close();

    const again = await open();
    const next = sealedChain(['more'], { from: 1, prev: first[0]!.envelope.hash });
    await again.store.append(stream, 0n, next);
    expect(await verifyChain(stream, again.store.readStream(stream))).toMatchObject({ valid: true, events: 2 });
  });
});

describe('damage', () => {
  const flipped = (at: (bytes: Buffer) => number): void => {
    const file = join(dir, 'events.db');
    const bytes = readFileSync(file);
    bytes[at(bytes)]! ^= 1;
    writeFileSync(file, bytes);
  };
  const damagedAt = async (text: string, offset = 0) => {
    const { store, close } = await open();
    await store.append(stream, 'no_stream', sealedChain(['first', 'second', 'third']));
    await close();
    flipped((bytes) => bytes.indexOf(text) + offset);
    return verifyChain(stream, (await open()).store.readStream(stream));
  };

  it.each([
    ['data', 'second', 0, 'data_hash'],
    ['data, so that it is no text any more', 'second', 2, 'data_hash'],
    ['an id', sealedChain(['first', 'second'])[1]!.id, 2, 'hash'],
  ])('of one bit in %s is found, and its event named', async (_, text, offset, reason) => {
    expect(await damagedAt(text, offset)).toMatchObject({
      valid: false,
      events: 1,
      first_bad: { revision: 1, reason },
    });
  });

  it('of one bit in an envelope is found, whatever it hits', async () => {
    const { store, close } = await open();
    const events = sealedChain(['only']);
    await store.append(stream, 'no_stream', events);
    await close();
    const envelope = JSON.stringify(events[0]!.envelope);
    const sound = readFileSync(join(dir, 'events.db'));
    const start = sound.indexOf(envelope);
    for (let at = 0; at < envelope.length; at += 7) {
      writeFileSync(join(dir, 'events.db'), sound);
      flipped(() => start + at);
      const reader = openSqliteEventReader({ dir });
      expect(await verifyChain(stream, reader.readStream(stream))).toMatchObject({ first_bad: { revision: 0 } });
      reader.close();
    }
  });

  it('of the file itself is told as such', async () => {
    const { store, close } = await open();
    await store.append(stream, 'no_stream', sealedChain(Array.from({ length: 200 }, (_, at) => `value ${at}`)));
    await close();
    const file = join(dir, 'events.db');
    const bytes = readFileSync(file);
    bytes.fill(0xff, 3 * 8192);
    writeFileSync(file, bytes);
    const reader = openSqliteEventReader({ dir });
    expect((await verifyChain(stream, reader.readStream(stream))).first_bad?.reason).toBe('unreadable');
    await expect(collect(reader.readAll())).rejects.toMatchObject({ code: 'store_damaged' });
    reader.close();
  });
});

describe('a reader beside the log', () => {
  it('sees what is committed, and never less in a long scan', async () => {
    const { store } = await open();
    const reader = openSqliteEventReader({ dir });
    expect(await reader.head()).toBeNull();
    const { position } = await store.append(stream, 'no_stream', sealedChain(['x'.repeat(5_000_000), 'y']));
    expect(await reader.head()).toBe(position);
    expect(await collect(reader.readAll())).toHaveLength(2);
    reader.close();
    reader.close();
    await expect(reader.head()).rejects.toMatchObject({ code: 'store_closed' });
  });

  it('finds what is rare in a log longer than one scan', async () => {
    const { store } = await open();
    const many = sealedChain(Array(25_000).fill(0));
    await store.append(stream, 'no_stream', many);
    await store.append('definition-1', 'no_stream', sealedChain([1], { stream: 'definition-1' }));
    expect(await collect(store.readAll({ categories: ['definition'] }))).toHaveLength(1);
    expect(await collect(store.readAll({ types: ['Unheard'] }))).toEqual([]);
  });
});
