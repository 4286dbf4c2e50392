import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { executionStream, type RecordedEvent } from '#event-store';
import { collect, sealedChain } from '#event-store/testing';
import {
  backUp,
  openSqliteEventStore,
  restore,
  verifyBackup,
  verifyLog,
  type Referred,
  type SqliteEventLog,
} from './index.js';

let root: string;
let dir: string;
let log: SqliteEventLog;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'backup-'));
  dir = join(root, 'data');
  log = await openSqliteEventStore({ dir });
});
afterEach(async () => {
  await log.close();
  rmSync(root, { recursive: true, force: true });
});

const at = '2026-01-31T12:00:00.000Z';
/** In these events, `value` may be the digest of something that is stored. */
const referred: Referred = (_, data) => (typeof data['value'] === 'string' ? [data['value']] : []);
const file = () => join(root, 'copy.db');
const back = (secret: string | null = null) => backUp({ dir, file: file(), at, secret, referred });
const write = (id: string, values: readonly unknown[]) =>
  log.store.append(executionStream(id), 'no_stream', sealedChain(values, { stream: executionStream(id) }), {
    row: { stream: executionStream(id), tenant: 'default', priority: 3, status: 'waiting', dueAt: 5 },
  });
const spoil = (path: string, statement: string) => {
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
};
const opened = async (folder: string): Promise<RecordedEvent[]> => {
  const there = await openSqliteEventStore({ dir: folder });
  const events = await collect(there.store.readAll());
  await there.close();
  return events;
};

describe('A backup', () => {
  it('is what there was at one moment, while the log is written to', async () => {
    const { sha256 } = await log.payloads.put('default', new TextEncoder().encode('a large value'));
    await write('1', [1, sha256]);
    await write('2', [1]);
    await log.store.tombstone(executionStream('2'), 0n);
    const before = await collect(log.store.readAll());
    const writing = Promise.all(Array.from({ length: 50 }, (_, at) => write(`later-${at}`, [1, 2, 3])));
    const { manifest, report } = await back();
    await writing;
    expect(report.faults).toEqual([]);
    expect(manifest).toMatchObject({ format: 'chatter-backup', version: 1, made_at: at, payloads: 1 });
    expect(statSync(file()).mode & 0o777).toBe(0o600);

    const there = join(root, 'elsewhere');
    expect(await restore({ file: file(), dir: there, referred })).toEqual(manifest);
    const events = await opened(there);
    expect(events).toHaveLength(manifest.events);
    expect(events.slice(0, 2)).toEqual(before);
    const restored = await openSqliteEventStore({ dir: there });
    expect(new TextDecoder().decode((await restored.payloads.get('default', sha256))!)).toBe('a large value');
    expect(await restored.openExecutions.list({ limit: 1 })).toEqual(await log.openExecutions.list({ limit: 1 }));
    const again = sealedChain([1], { stream: executionStream('2') });
    await expect(restored.store.append(executionStream('2'), 'no_stream', again)).rejects.toMatchObject({
      code: 'stream_gone',
    });
    await restored.close();
  });

  it('can be made of an empty log, and of one that nobody has open', async () => {
    await log.close();
    const { manifest } = await back();
    expect(manifest).toMatchObject({ position: null, events: 0, streams: 0 });
    await restore({ file: file(), dir: join(root, 'elsewhere'), referred });
    expect(await opened(join(root, 'elsewhere'))).toEqual([]);
  });

  it('overwrites nothing, and needs a log', async () => {
    await back();
    await expect(back()).rejects.toThrow('is there already');
    const nowhere = { dir: join(root, 'none'), file: join(root, 'other.db'), at, secret: null, referred };
    await expect(backUp(nowhere)).rejects.toThrow('There is no log');
    expect(existsSync(join(root, 'other.db'))).toBe(false);
  });

  it('leaves nothing behind where it cannot be made', async () => {
    const target = { dir, file: join(root, 'none', 'copy.db'), at, secret: null, referred };
    await expect(backUp(target)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(root)).toEqual(['data']);
  });

  it('carries the secret of the server only where it is told to', async () => {
    await back('a very secret text');
    const there = join(root, 'elsewhere');
    await restore({ file: file(), dir: there, referred });
    expect(statSync(join(there, 'auth-secret')).mode & 0o777).toBe(0o600);
  });

  it('tells of damage that was there before', async () => {
    await write('1', [1, 2]);
    await log.close();
    spoil(join(dir, 'events.db'), `UPDATE events SET envelope = 'none' WHERE revision = 1`);
    const { report } = await back();
    expect(report.faults).toEqual([{ stream: executionStream('1'), revision: 1, reason: 'unreadable' }]);
  });
});

describe('A restore', () => {
  const there = () => join(root, 'elsewhere');
  const isRefused = async (message: string) => {
    await expect(restore({ file: file(), dir: there(), referred })).rejects.toThrow(message);
    expect(existsSync(there())).toBe(false);
  };

  it('refuses a folder in which there is something', async () => {
    await back();
    mkdirSync(there());
    writeFileSync(join(there(), 'mine'), '');
    await expect(restore({ file: file(), dir: there(), referred })).rejects.toThrow('is not empty');
    expect(readdirSync(there())).toEqual(['mine']);
  });

  it('leaves an empty folder empty where it fails', async () => {
    await back();
    mkdirSync(there());
    spoil(file(), 'DELETE FROM backup_manifest');
    await expect(restore({ file: file(), dir: there(), referred })).rejects.toThrow('does not know');
    expect(readdirSync(there())).toEqual([]);
  });

  it.each([
    ['an event is missing', 'DELETE FROM events WHERE revision = 1'],
    ['a whole stream is missing', 'DELETE FROM events'],
    ['a stored value is missing', 'DELETE FROM payloads'],
    ['an open execution is missing', 'DELETE FROM open_executions'],
    ['a head is another', `UPDATE backup_heads SET hash = 'x'`],
  ])('refuses a backup in which %s', async (_, statement) => {
    const { sha256 } = await log.payloads.put('default', new Uint8Array([1]));
    await write('1', [1, sha256]);
    await back();
    spoil(file(), statement);
    await isRefused('has been changed since it was made');
    await expect(verifyBackup(file(), referred)).rejects.toMatchObject({ code: 'backup_refused' });
  });

  it('refuses one whose data was changed, though places and hashes are as they were', async () => {
    await write('1', [1, 2]);
    await write('2', [1, 2]);
    await back();
    spoil(file(), `UPDATE events SET data = '{"value":7}'`);
    await isRefused('event 0: data_hash, and 1 more streams are damaged');
  });

  it('refuses one in which a stored value is another', async () => {
    const { sha256 } = await log.payloads.put('default', new Uint8Array([1]));
    await write('1', [sha256]);
    await back();
    spoil(file(), `UPDATE payloads SET bytes = x'02'`);
    await isRefused('payload_digest');
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER mine AFTER INSERT ON events BEGIN DELETE FROM streams; END'],
    ['a view', 'CREATE VIEW mine AS SELECT * FROM events'],
  ])('refuses one with %s in it', async (_, statement) => {
    await back();
    spoil(file(), statement);
    await isRefused('holds more than data ("mine")');
  });

  it('refuses one whose pages are damaged', async () => {
    await write(
      '1',
      Array.from({ length: 500 }, (_, at) => at),
    );
    await back();
    const descriptor = openSync(file(), 'r+');
    writeSync(descriptor, Buffer.alloc(8_192, 7), 0, 8_192, 8_192 * 4);
    closeSync(descriptor);
    await expect(restore({ file: file(), dir: there(), referred })).rejects.toThrow();
    expect(existsSync(there())).toBe(false);
  });

  it('refuses what is no backup', async () => {
    writeFileSync(file(), 'Not a database, but a text that is longer than its first page could be.'.repeat(40));
    await isRefused('is not a backup of Chatter');
  });

  it('needs the file', async () => {
    await expect(restore({ file: file(), dir: there(), referred })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(there())).toBe(false);
  });
});

describe('Verifying a log', () => {
  it('counts all of it, or one stream', async () => {
    await write('1', [1, 2]);
    await write('2', [1]);
    const whole = { file: join(dir, 'events.db'), referred };
    expect(await verifyLog(whole)).toEqual({ streams: 2, events: 3, faults: [] });
    expect(await verifyLog({ ...whole, streams: [executionStream('2')] })).toMatchObject({ streams: 1, events: 1 });
  });

  it('names the value that an event refers to and that is not there', async () => {
    await write('1', [1, 'f'.repeat(64), 'f'.repeat(64)]);
    const { faults } = await verifyLog({ file: join(dir, 'events.db'), referred });
    expect(faults).toEqual([{ stream: executionStream('1'), revision: 1, reason: 'payload_missing' }]);
  });

  it('reads data that is no JSON as a broken chain', async () => {
    const stream = executionStream('1');
    const [event] = sealedChain([1], { stream });
    await log.store.append(stream, 'no_stream', [{ ...event!, data: '{' }]);
    const { faults } = await verifyLog({ file: join(dir, 'events.db'), referred });
    expect(faults).toEqual([{ stream, revision: 0, reason: 'data_hash' }]);
  });
});
