import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventLogWriter, type Work } from './writer-thread.js';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'event-log-writer-'));
  file = join(dir, 'events.db');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const append = (stream: string, expected: number, texts: readonly string[] = ['id', 'type', '{}', '{}']): Work => ({
  type: 'append',
  stream,
  category: 'a',
  expected,
  events: texts,
  open: null,
});
const written = () => {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT position, revision FROM events ORDER BY position').all();
  database.close();
  return rows.map(({ position, revision }) => [position, revision]);
};

describe('EventLogWriter', () => {
  it('is durable, or does not open', () => {
    const writer = new EventLogWriter({ file });
    expect(writer.health).toEqual({ journal_mode: 'wal', synchronous: 2 });
    writer.close();
    // in memory there is no WAL
    expect(() => new EventLogWriter({ file: ':memory:' })).toThrow('needs WAL');
  });

  it('gives each append of a batch its own answer, in one commit', () => {
    const writer = new EventLogWriter({ file });
    const outcomes = writer.write([
      append('a-1', -1),
      append('a-1', 0),
      append('a-2', 7),
      append('a-1', -1),
      append('a-2', -1),
    ]);
    expect(outcomes).toEqual([
      { type: 'appended', position: 1 },
      { type: 'appended', position: 2 },
      { type: 'conflict', actual: -1 },
      { type: 'conflict', actual: 1 },
      { type: 'appended', position: 3 },
    ]);
    writer.close();
    expect(written()).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
    ]);
  });

  it('goes on after the last position and revision when it is opened again', () => {
    const first = new EventLogWriter({ file });
    first.write([append('a-1', -1), append('a-1', 0)]);
    first.close();
    const second = new EventLogWriter({ file });
    expect(second.write([append('a-1', 0), append('a-1', 1)])).toEqual([
      { type: 'conflict', actual: 1 },
      { type: 'appended', position: 3 },
    ]);
    second.close();
  });

  it('refuses the one work that cannot be stored, and writes the others', () => {
    const writer = new EventLogWriter({ file });
    const bad = append('a-2', -1, ['id', 'type', '{}', undefined as unknown as string]);
    expect(writer.write([append('a-1', -1), bad, append('a-3', -1)])).toEqual([
      { type: 'appended', position: 1 },
      { type: 'refused', reason: expect.any(String) },
      { type: 'appended', position: 2 },
    ]);
    expect(writer.write([append('a-2', -1)])).toEqual([{ type: 'appended', position: 3 }]);
    writer.close();
  });

  it('writes nothing of a batch that the disk has no room for, and goes on with less', () => {
    const writer = new EventLogWriter({ file, maxPages: 12 });
    const large = append('a-2', -1, ['id', 'type', 'x'.repeat(100_000), '{}']);
    expect(writer.write([append('a-1', -1), large])).toEqual([{ type: 'full' }, { type: 'full' }]);
    expect(writer.write([append('a-1', -1)])).toEqual([{ type: 'appended', position: 1 }]);
    writer.close();
    expect(written()).toEqual([[1, 0]]);
  });

  it('stops for good when a commit fails, and finds on the disk what was durable', () => {
    let failing = false;
    const opened = (name: string) => {
      const database = new DatabaseSync(name);
      const exec = database.exec.bind(database);
      database.exec = (text) => {
        if (failing && text === 'COMMIT') throw Object.assign(new Error('disk I/O error'), { errcode: 1034 });
        exec(text);
      };
      return database;
    };
    const writer = new EventLogWriter({ file }, opened);
    writer.write([append('a-1', -1)]);
    failing = true;
    const broken = { type: 'broken', reason: 'disk I/O error' };
    expect(writer.write([append('a-1', 0), append('a-2', -1)])).toEqual([broken, broken]);
    failing = false;
    expect(writer.write([append('a-1', 0)])).toEqual([broken]);
    writer.close();

    const again = new EventLogWriter({ file });
    expect(again.write([append('a-1', 0)])).toEqual([{ type: 'appended', position: 2 }]);
    again.close();
  });

  it.each([
    ['stops when what was logged cannot be moved to its place', 1034, 'broken'],
    ['goes on when there is no room to move what was logged', 13, 'done'],
  ])('%s', (_, errcode, type) => {
    let asked = 0;
    const opened = (name: string) => {
      const database = new DatabaseSync(name);
      const exec = database.exec.bind(database);
      database.exec = (text) => {
        if (!text.startsWith('PRAGMA wal_checkpoint')) return exec(text);
        asked += 1;
        throw Object.assign(new Error('disk I/O error'), { errcode });
      };
      return database;
    };
    const writer = new EventLogWriter({ file }, opened);
    const payload = (sha256: string, size: number): Work => ({
      type: 'payload',
      tenant: 'default',
      sha256,
      bytes: new Uint8Array(size),
    });
    writer.write([payload('a', 1)]);
    writer.checkpointWhenDue();
    expect(asked).toBe(0);
    writer.write([payload('b', 16 * 1024 * 1024)]);
    writer.checkpointWhenDue();
    writer.checkpointWhenDue();
    expect(asked).toBe(1);
    expect(writer.write([payload('c', 1)])).toMatchObject([{ type }]);
    writer.close();
  });

  it('takes a write that finds no place for a full disk', () => {
    let failing = true;
    const opened = (name: string) => {
      const database = new DatabaseSync(name);
      const exec = database.exec.bind(database);
      database.exec = (text) => {
        if (failing && text === 'COMMIT') throw Object.assign(new Error('disk I/O error'), { errcode: 778 });
        exec(text);
      };
      return database;
    };
    const writer = new EventLogWriter({ file }, opened);
    expect(writer.write([append('a-1', -1)])).toEqual([{ type: 'full' }]);
    failing = false;
    expect(writer.write([append('a-1', -1)])).toEqual([{ type: 'appended', position: 1 }]);
    writer.close();
  });

  it('keeps a payload once, and changes what is open', () => {
    const writer = new EventLogWriter({ file });
    const row = { tenant: 'default', priority: 1, status: 'running', dueAt: null };
    const payload: Work = { type: 'payload', tenant: 'default', sha256: 'abc', bytes: new Uint8Array([1]) };
    const opening: Work = { ...(append('a-1', -1) as Extract<Work, { type: 'append' }>), open: row };
    const closing: Work = { ...(append('a-1', 0) as Extract<Work, { type: 'append' }>), open: 'closed' };
    const done = { type: 'done' };
    expect(writer.write([payload, payload, opening, { type: 'open', stream: 'a-2', row }, closing])).toMatchObject([
      done,
      done,
      { position: 1 },
      done,
      { position: 2 },
    ]);
    writer.close();
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare('SELECT stream FROM open_executions').all()).toEqual([{ stream: 'a-2' }]);
    expect(database.prepare('SELECT count(*) AS payloads FROM payloads').get()).toEqual({ payloads: 1 });
    database.close();
  });
});
