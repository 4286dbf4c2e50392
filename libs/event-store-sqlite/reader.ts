import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Envelope, Position, ReadAllOptions, ReadStreamOptions, RecordedEvent } from '#event-store';
import { asNumber, asPosition } from './position.js';

interface Row {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly envelope: string;
}

const streamPage = 500;
const logPage = 1_000;
const columns = 'e.position, s.name AS stream, e.revision, e.id, e.type, e.data, e.envelope';
const inStream = `SELECT ${columns} FROM events e JOIN streams s ON s.id = e.stream_id WHERE s.name = ?`;

/** Reads the log page by page, on a connection of its own: a reader never waits for the writer, nor keeps it waiting. */
export class LogReader {
  private readonly database: DatabaseSync;
  private readonly forwards: StatementSync;
  private readonly backwards: StatementSync;
  private readonly last: StatementSync;
  private readonly filtered = new Map<string, StatementSync>();

  constructor(file: string) {
    this.database = new DatabaseSync(file, { readOnly: true });
    this.forwards = this.database.prepare(`${inStream} AND e.revision >= ? ORDER BY e.revision LIMIT ?`);
    this.backwards = this.database.prepare(`${inStream} AND e.revision <= ? ORDER BY e.revision DESC LIMIT ?`);
    this.last = this.database.prepare('SELECT max(position) AS last FROM events');
  }

  async *readStream(stream: string, { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const onwards = direction === 'forwards';
    let next = from === undefined ? (onwards ? 0 : Number.MAX_SAFE_INTEGER) : Number(from);
    for (let left = limit; left > 0; ) {
      const size = Math.min(left, streamPage);
      const rows = (onwards ? this.forwards : this.backwards).all(stream, next, size) as unknown as Row[];
      for (const row of rows) yield recorded(row);
      if (rows.length < size) return;
      left -= rows.length;
      next = rows.at(-1)!.revision + (onwards ? 1 : -1);
    }
  }

  async *readAll({ from, limit = Infinity, categories, types }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    const statement = this.filteredBy(categories?.length ?? 0, types?.length ?? 0);
    let next = from === undefined ? 0 : asNumber(from);
    for (let left = limit; left > 0; ) {
      const size = Math.min(left, logPage);
      const rows = statement.all(next, ...(categories ?? []), ...(types ?? []), size) as unknown as Row[];
      for (const row of rows) yield recorded(row);
      if (rows.length < size) return;
      left -= rows.length;
      next = rows.at(-1)!.position;
    }
  }

  async head(): Promise<Position | null> {
    const { last } = this.last.get() as { last: number | null };
    return last === null ? null : asPosition(last);
  }

  /** For queries beside the log: open executions, payloads. */
  prepare(text: string): StatementSync {
    return this.database.prepare(text);
  }

  close(): void {
    this.database.close();
  }

  private filteredBy(categories: number, types: number): StatementSync {
    const key = `${categories}/${types}`;
    const known = this.filtered.get(key);
    if (known) return known;
    const among = (column: string, count: number) => (count === 0 ? '' : ` AND ${column} IN (${Array(count).fill('?').join(', ')})`);
    const where = `e.position > ?${among('s.category', categories)}${among('e.type', types)}`;
    const made = this.database.prepare(
      `SELECT ${columns} FROM events e JOIN streams s ON s.id = e.stream_id WHERE ${where} ORDER BY e.position LIMIT ?`,
    );
    this.filtered.set(key, made);
    return made;
  }
}

const recorded = ({ position, stream, revision, id, type, data, envelope }: Row): RecordedEvent => ({
  stream,
  revision: BigInt(revision),
  position: asPosition(position),
  id,
  type,
  data,
  envelope: readEnvelope(envelope),
});

/** A damaged envelope is served as one that cannot verify, never thrown: the verifier names the event. */
function readEnvelope(text: string): Envelope {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return {} as Envelope;
  }
}
