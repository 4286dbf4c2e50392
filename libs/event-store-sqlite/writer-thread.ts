import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { OpenRow, Outcome, Work, WriterHealth, WriterOptions } from './writer-messages.js';

/*
 * The one writer of the log, on a thread of its own. This file stands alone (it imports nothing of ours, and only types
 * need stripping from it), so that it can be a thread's entry both as compiled and as source.
 */

export type * from './writer-messages.js';

export const textsPerEvent = 4; // id, type, data, envelope

/** Larger pages for events of a kilobyte. What was logged is moved to its place by `checkpointWhenDue`, not within a commit. */
const settings = `
  PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0; PRAGMA busy_timeout = 5000
`;

const schema = `
  CREATE TABLE IF NOT EXISTS streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, category TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, revision INTEGER NOT NULL,
    id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL, envelope TEXT NOT NULL
  );
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream_id, revision);
  CREATE TABLE IF NOT EXISTS tombstones (stream_id INTEGER PRIMARY KEY, position INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS tombstones_by_position ON tombstones (position);
  CREATE TABLE IF NOT EXISTS open_executions (
    stream TEXT PRIMARY KEY, tenant TEXT NOT NULL, priority INTEGER NOT NULL, status TEXT NOT NULL, due_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS open_executions_due ON open_executions (due_at) WHERE due_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS payloads (
    tenant TEXT NOT NULL, sha256 TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (tenant, sha256)
  );
  CREATE TABLE IF NOT EXISTS payload_puts (
    tenant TEXT NOT NULL, sha256 TEXT NOT NULL, put_at INTEGER NOT NULL, PRIMARY KEY (tenant, sha256)
  ) WITHOUT ROWID;
`;

interface Head {
  readonly id: number;
  readonly revision: number;
  readonly gone?: boolean;
}

const headsKept = 20_000;
/** What was logged moves to its place when about this much has gathered. */
const bytesBetweenCheckpoints = 16 * 1024 * 1024;
/** An event's share of the pages that its commit touches. */
const bytesBesideAnEvent = 8_192;
const sqliteFull = 13;
/** A write that found no place, such as beyond a limit on the size of files. It comes before anything is made durable. */
const sqliteWriteFailed = 778;
/** Too big, against a constraint, of a wrong type, out of range. */
const sqliteOfOneWork = [18, 19, 20, 25];

interface SqliteError {
  readonly errcode?: number;
  readonly code?: string;
  readonly message: string;
}

const resultOf = ({ errcode = 0 }: SqliteError): number => errcode & 0xff;
const isWithoutRoom = (error: SqliteError): boolean =>
  resultOf(error) === sqliteFull || error.errcode === sqliteWriteFailed;
const isOfOneWork = (error: SqliteError): boolean =>
  sqliteOfOneWork.includes(resultOf(error)) || error.code === 'ERR_INVALID_ARG_TYPE';

/** Everything handed over at one time becomes one transaction; a conflict refuses one append, and the others go on. */
export class EventLogWriter {
  readonly health: WriterHealth;
  private readonly database: DatabaseSync;
  private readonly statements: Readonly<Record<keyof typeof sql, StatementSync>>;
  private readonly heads = new Map<string, Head>();
  private changed = new Map<string, Head>();
  private last: number;
  private broken: string | null = null;
  private logged = 0;

  /** `open` is another one in tests of a disk that fails. */
  constructor({ file, maxPages }: WriterOptions, open = (name: string): DatabaseSync => new DatabaseSync(name)) {
    this.database = open(file);
    this.database.exec(settings);
    this.database.exec(schema);
    if (maxPages !== undefined) this.database.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`);
    this.health = this.assertDurable();
    this.statements = Object.fromEntries(
      Object.entries(sql).map(([name, text]) => [name, this.database.prepare(text)]),
    ) as Record<keyof typeof sql, StatementSync>;
    this.last = Number((this.statements.lastPosition.get() as { last: number | null }).last ?? 0);
  }

  /** Durable means durable: refuse to open where the settings did not take. */
  private assertDurable(): WriterHealth {
    const { journal_mode } = this.database.prepare('PRAGMA journal_mode').get() as { journal_mode: string };
    const { synchronous } = this.database.prepare('PRAGMA synchronous').get() as { synchronous: number };
    if (journal_mode !== 'wal' || synchronous !== 2) {
      throw new Error(`The log needs WAL with synchronous FULL (2), and has ${journal_mode} with ${synchronous}.`);
    }
    return { journal_mode, synchronous };
  }

  /** One commit, whatever is in it. An I/O error ends the writer: what is on the disk is read anew when it is opened again. */
  write(batch: readonly Work[]): Outcome[] {
    if (this.broken !== null) return batch.map(() => ({ type: 'broken', reason: this.broken! }));
    const before = this.last;
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const outcomes = batch.map((work) => this.apply(work));
      this.database.exec('COMMIT');
      this.keepHeads();
      return outcomes;
    } catch (error) {
      this.last = before;
      this.rollBack();
      return this.refused(batch, error as SqliteError);
    }
  }

  /**
   * Moves what was logged to its place, when there is much of it. SQLite's own way to do so runs within a commit, so
   * that answers wait for it, and passes over a failing fsync: nothing is lost by that, since the log stays until it
   * has succeeded, but a disk that fails is to be heard of.
   */
  checkpointWhenDue(): void {
    if (this.broken !== null || this.logged < bytesBetweenCheckpoints) return;
    try {
      this.database.exec('PRAGMA wal_checkpoint(PASSIVE)');
      this.logged = 0;
    } catch (error) {
      if (isWithoutRoom(error as SqliteError))
        this.logged = 0; // it all stays in the log, and is durable there
      else this.broken = (error as SqliteError).message;
    }
  }

  close(): void {
    this.database.close();
  }

  private apply(work: Work): Outcome {
    switch (work.type) {
      case 'append':
        return this.append(work);
      case 'tombstone':
        return this.tombstone(work.stream, work.expected);
      case 'payload':
        this.statements.putPayload.run(work.tenant, work.sha256, work.bytes);
        this.statements.putPayloadAt.run(work.tenant, work.sha256, Date.now());
        this.logged += work.bytes.length;
        return { type: 'done' };
      case 'removePayload':
        return this.removePayload(work);
      case 'open':
        this.putOpen(work.stream, work.row);
        return { type: 'done' };
    }
  }

  private removePayload({ tenant, sha256, before }: Extract<Work, { type: 'removePayload' }>): Outcome {
    const at = this.statements.payloadPutAt.get(tenant, sha256) as { put_at: number } | undefined;
    if (at && at.put_at > before) return { type: 'removed', size: null };
    const removed = this.statements.removePayload.get(tenant, sha256) as { size: number } | undefined;
    this.statements.removePayloadAt.run(tenant, sha256);
    return { type: 'removed', size: removed?.size ?? null };
  }

  private append({ stream, category, expected, events, open }: Extract<Work, { type: 'append' }>): Outcome {
    const head = this.headOf(stream, expected);
    if (head?.gone) return { type: 'gone' };
    if ((head?.revision ?? -1) !== expected) return { type: 'conflict', actual: head?.revision ?? -1 };
    const id = head?.id ?? Number(this.statements.addStream.run(stream, category).lastInsertRowid);
    let revision = expected;
    for (let at = 0; at < events.length; at += textsPerEvent) {
      revision += 1;
      this.last += 1;
      this.logged += events[at + 2]!.length + bytesBesideAnEvent;
      this.statements.addEvent.run(
        this.last,
        id,
        revision,
        events[at]!,
        events[at + 1]!,
        events[at + 2]!,
        events[at + 3]!,
      );
    }
    this.changed.set(stream, { id, revision });
    if (open === 'closed') this.statements.closeOpen.run(stream);
    else if (open !== null) this.putOpen(stream, open);
    return { type: 'appended', position: this.last };
  }

  /** Keeps the position that the log has come to, so that the next event gets another, also after a restart. */
  private tombstone(stream: string, expected: number): Outcome {
    const head = this.headOf(stream, expected);
    if (head?.gone) return { type: 'gone' };
    if (!head || head.revision !== expected || expected < 0) return { type: 'conflict', actual: head?.revision ?? -1 };
    this.statements.removeEvents.run(head.id);
    this.statements.addTombstone.run(head.id, this.last);
    this.statements.closeOpen.run(stream);
    this.logged += (expected + 1) * bytesBesideAnEvent;
    this.changed.set(stream, { ...head, gone: true });
    return { type: 'done' };
  }

  /**
   * What a transaction that failed means for what was in it; nothing of it was written.
   *
   * 1. A full disk is nobody's fault, and may pass.
   * 2. What one work brings with it refuses that one: the others are written without it.
   * 3. Anything else ends the writer: whether the disk keeps what it is given can no longer be told.
   */
  private refused(batch: readonly Work[], error: SqliteError): Outcome[] {
    const reason = error.message;
    if (isWithoutRoom(error)) return batch.map(() => ({ type: 'full' })); // rule 1
    if (isOfOneWork(error)) {
      return batch.length === 1 ? [{ type: 'refused', reason }] : batch.flatMap((work) => this.write([work])); // rule 2
    }
    this.broken = reason; // rule 3
    return batch.map(() => ({ type: 'broken', reason }));
  }

  private putOpen(stream: string, { tenant, priority, status, dueAt }: OpenRow): void {
    this.statements.putOpen.run(stream, tenant, priority, status, dueAt);
  }

  private headOf(stream: string, expected: number): Head | null {
    const known = this.changed.get(stream) ?? this.heads.get(stream);
    if (known && known.revision === expected) return known;
    const row = this.statements.head.get(stream) as { id: number; revision: number | null; gone: number } | undefined;
    return row ? { id: row.id, revision: row.revision ?? -1, gone: row.gone === 1 } : null;
  }

  private keepHeads(): void {
    for (const [stream, head] of this.changed) {
      this.heads.delete(stream);
      this.heads.set(stream, head);
    }
    for (const stream of this.heads.keys()) {
      if (this.heads.size <= headsKept) break;
      this.heads.delete(stream);
    }
    this.changed = new Map();
  }

  private rollBack(): void {
    this.changed = new Map();
    try {
      this.database.exec('ROLLBACK');
    } catch {
      // the engine has rolled back by itself
    }
  }
}

const sql = {
  lastPosition:
    'SELECT max(position) AS last FROM (SELECT max(position) AS position FROM events UNION ALL SELECT max(position) FROM tombstones)',
  head: `SELECT s.id AS id, (SELECT max(e.revision) FROM events e WHERE e.stream_id = s.id) AS revision,
    EXISTS (SELECT 1 FROM tombstones t WHERE t.stream_id = s.id) AS gone FROM streams s WHERE s.name = ?`,
  removeEvents: 'DELETE FROM events WHERE stream_id = ?',
  addTombstone: 'INSERT INTO tombstones (stream_id, position) VALUES (?, ?)',
  addStream: 'INSERT INTO streams (name, category) VALUES (?, ?)',
  addEvent: 'INSERT INTO events (position, stream_id, revision, id, type, data, envelope) VALUES (?, ?, ?, ?, ?, ?, ?)',
  putOpen: 'INSERT OR REPLACE INTO open_executions (stream, tenant, priority, status, due_at) VALUES (?, ?, ?, ?, ?)',
  closeOpen: 'DELETE FROM open_executions WHERE stream = ?',
  putPayload: 'INSERT OR IGNORE INTO payloads (tenant, sha256, bytes) VALUES (?, ?, ?)',
  putPayloadAt: 'INSERT OR REPLACE INTO payload_puts (tenant, sha256, put_at) VALUES (?, ?, ?)',
  payloadPutAt: 'SELECT put_at FROM payload_puts WHERE tenant = ? AND sha256 = ?',
  removePayload: 'DELETE FROM payloads WHERE tenant = ? AND sha256 = ? RETURNING length(bytes) AS size',
  removePayloadAt: 'DELETE FROM payload_puts WHERE tenant = ? AND sha256 = ?',
} as const;

/** A message is a list of works; the answer is the list of their outcomes. Null: close. */
function serve(options: WriterOptions): void {
  const port = parentPort!;
  const writer = new EventLogWriter(options);
  port.postMessage({ health: writer.health });
  port.on('message', (first: readonly Work[] | null) => {
    const messages = [first];
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port))
      messages.push(more.message as readonly Work[] | null);
    const works = messages.filter((message) => message !== null);
    if (works.length > 0) {
      port.postMessage({ outcomes: writer.write(works.flat()) });
      writer.checkpointWhenDue();
    }
    if (works.length < messages.length) {
      writer.close();
      port.close();
    }
  });
}

const { eventLog } = (workerData ?? {}) as { readonly eventLog?: WriterOptions };
if (parentPort && eventLog) serve(eventLog);
