import { DatabaseSync, type StatementSync } from 'node:sqlite';

import { type Direction, type EventLog, type LoggedEvent } from './log.js';

const schema = `
  CREATE TABLE IF NOT EXISTS events (
    position   INTEGER PRIMARY KEY,
    stream     TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    json       INTEGER NOT NULL,
    data       BLOB    NOT NULL,
    metadata   BLOB    NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE INDEX IF NOT EXISTS events_by_id ON events (id);
`;

const queries = {
  insert: 'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  last: 'SELECT * FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1',
  at: 'SELECT * FROM events WHERE stream = ? AND revision = ?',
  find: 'SELECT * FROM events WHERE id = ? ORDER BY position DESC LIMIT 1',
  streamForwards: 'SELECT * FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?',
  streamBackwards: 'SELECT * FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?',
  allForwards: 'SELECT * FROM events WHERE position >= ? ORDER BY position LIMIT ?',
  allBackwards: 'SELECT * FROM events WHERE position < ? ORDER BY position DESC LIMIT ?',
  has: 'SELECT position FROM events WHERE position = ?',
  end: 'SELECT max(position) AS position FROM events',
};

type Row = Record<string, string | bigint | Uint8Array | null>;

/** A log in a file: a server that starts on the same file goes on where the last one ended. */
export class SqliteLog implements EventLog {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    this.database.exec(schema);
  }

  append(events: readonly LoggedEvent[]): void {
    const insert = this.statement('insert');
    this.database.exec('BEGIN IMMEDIATE');
    try {
      for (const { position, stream, revision, id, type, json, data, metadata, createdAt } of events) {
        insert.run(position, stream, revision, id, type, json ? 1 : 0, data, metadata, createdAt);
      }
      this.database.exec('COMMIT');
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }

  last(stream: string): LoggedEvent | undefined {
    return this.one('last', stream);
  }

  at(stream: string, revision: bigint): LoggedEvent | undefined {
    return this.one('at', stream, revision);
  }

  find(id: string): LoggedEvent | undefined {
    return this.one('find', id);
  }

  readStream(stream: string, from: bigint, count: number, direction: Direction): LoggedEvent[] {
    return this.many(direction === 'forwards' ? 'streamForwards' : 'streamBackwards', stream, signed(from), count);
  }

  readAll(from: bigint, count: number, direction: Direction): LoggedEvent[] {
    return this.many(direction === 'forwards' ? 'allForwards' : 'allBackwards', signed(from), count);
  }

  has(position: bigint): boolean {
    return this.statement('has').get(signed(position)) !== undefined;
  }

  end(): bigint {
    const row = this.statement('end').get() as Row;
    return (row['position'] as bigint | null) ?? -1n;
  }

  close(): void {
    this.database.close();
  }

  private one(query: keyof typeof queries, ...values: (string | bigint)[]): LoggedEvent | undefined {
    const row = this.statement(query).get(...values);
    return row === undefined ? undefined : eventOf(row as Row);
  }

  private many(query: keyof typeof queries, ...values: (string | bigint | number)[]): LoggedEvent[] {
    return (this.statement(query).all(...values) as Row[]).map(eventOf);
  }

  private statement(query: keyof typeof queries): StatementSync {
    const known = this.statements.get(query);
    if (known) return known;
    const statement = this.database.prepare(queries[query]);
    statement.setReadBigInts(true);
    this.statements.set(query, statement);
    return statement;
  }
}

/** Unsigned 64 bits on the wire, signed in the file: what is beyond the file's range is its end. */
const signed = (value: bigint): bigint => (value > 2n ** 63n - 1n ? 2n ** 63n - 1n : value);

const eventOf = (row: Row): LoggedEvent => ({
  position: row['position'] as bigint,
  stream: row['stream'] as string,
  revision: row['revision'] as bigint,
  id: row['id'] as string,
  type: row['type'] as string,
  json: row['json'] === 1n,
  data: row['data'] as Uint8Array,
  metadata: row['metadata'] as Uint8Array,
  createdAt: Number(row['created_at']),
});
