import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import {
  StoreClosed,
  StoreDamaged,
  StoreUnavailable,
  type Envelope,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
} from '#event-store';
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

/** A page ends with whichever comes first. */
const rowsPerPage = 1_000;
const charactersPerPage = 4 * 1024 * 1024;
/** How far one statement looks for events that are asked for, before the event loop has its turn. */
const positionsPerScan = 20_000;

const columns = 'e.position, s.name AS stream, e.revision, e.id, e.type, e.data, e.envelope';
const inStream = `SELECT ${columns} FROM streams s CROSS JOIN events e ON e.stream_id = s.id WHERE s.name = ?`;

const lastOfAll =
  'SELECT max(position) AS last FROM (SELECT max(position) AS position FROM events UNION ALL SELECT max(position) FROM tombstones)';

/** Reads the log page by page, on a connection of its own: a reader never waits for the writer, nor keeps it waiting. */
export class LogReader {
  private readonly database: DatabaseSync;
  private readonly forwards: StatementSync;
  private readonly backwards: StatementSync;
  private readonly last: () => readonly { last: number | null }[];
  private readonly filtered = new Map<string, StatementSync>();

  constructor(file: string) {
    this.database = new DatabaseSync(file, { readOnly: true });
    this.forwards = this.database.prepare(`${inStream} AND e.revision >= ? ORDER BY e.revision LIMIT ?`);
    this.backwards = this.database.prepare(`${inStream} AND e.revision <= ? ORDER BY e.revision DESC LIMIT ?`);
    this.last = this.query(this.hasTombstones() ? lastOfAll : 'SELECT max(position) AS last FROM events');
  }

  async *readStream(
    stream: string,
    { from, direction = 'forwards', limit = Infinity }: ReadStreamOptions = {},
  ): AsyncIterable<RecordedEvent> {
    const onwards = direction === 'forwards';
    let next = from === undefined ? (onwards ? 0 : Number.MAX_SAFE_INTEGER) : Number(from);
    for (let left = limit; left > 0;) {
      const size = Math.min(left, rowsPerPage);
      const { rows, whole } = this.page(onwards ? this.forwards : this.backwards, size, [stream, next]);
      for (const row of rows) yield recorded(row);
      if (whole) return;
      left -= rows.length;
      next = rows.at(-1)!.revision + (onwards ? 1 : -1);
    }
  }

  /** The head is asked before each page: what is missing in a page below it will never be there. */
  async *readAll({ from, limit = Infinity, categories, types }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    if (categories?.length === 0 || types?.length === 0) return;
    const statement = this.filteredBy(categories?.length ?? 0, types?.length ?? 0);
    let next = from === undefined ? 0 : asNumber(from);
    for (let left = limit; left > 0;) {
      const head = this.lastPosition();
      const until = next + positionsPerScan;
      const wanted = [next, until, ...(categories ?? []), ...(types ?? [])];
      const { rows, whole } = this.page(statement, Math.min(left, rowsPerPage), wanted);
      for (const row of rows) yield recorded(row);
      if (whole && until >= head) return;
      left -= rows.length;
      next = whole ? until : rows.at(-1)!.position;
      if (whole) await setImmediate();
    }
  }

  async head(): Promise<Position | null> {
    const last = this.lastPosition();
    return last === 0 ? null : asPosition(last);
  }

  /** 0: the log is empty. */
  lastPosition(): number {
    return this.last()[0]?.last ?? 0;
  }

  /** For what stands beside the log: open executions, payloads. */
  query<Found>(text: string): (...values: SQLInputValue[]) => readonly Found[] {
    const statement = this.database.prepare(text);
    return (...values) => this.reading(() => statement.all(...values) as Found[]);
  }

  close(): void {
    if (this.database.isOpen) this.database.close();
  }

  /** `whole`: there are no more rows than these. */
  private page(
    statement: StatementSync,
    size: number,
    values: readonly SQLInputValue[],
  ): { rows: Row[]; whole: boolean } {
    return this.reading(() => {
      const rows: Row[] = [];
      let characters = 0;
      for (const row of statement.iterate(...values, size) as Iterable<unknown> as Iterable<Row>) {
        rows.push(row);
        characters += row.data.length;
        if (characters >= charactersPerPage) return { rows, whole: false };
      }
      return { rows, whole: rows.length < size };
    });
  }

  /** Not in a file that only earlier versions have written. */
  private hasTombstones(): boolean {
    return this.query(`SELECT 1 FROM sqlite_schema WHERE name = 'tombstones'`)().length > 0;
  }

  private reading<T>(read: () => T): T {
    if (!this.database.isOpen) throw new StoreClosed();
    try {
      return read();
    } catch (error) {
      throw inWordsOfThePort(error as { errcode?: number; message: string });
    }
  }

  private filteredBy(categories: number, types: number): StatementSync {
    const key = `${categories}/${types}`;
    const known = this.filtered.get(key);
    if (known) return known;
    const among = (column: string, count: number) =>
      count === 0 ? '' : ` AND ${column} IN (${Array(count).fill('?').join(', ')})`;
    const where = `e.position > ? AND e.position <= ?${among('s.category', categories)}${among('e.type', types)}`;
    // CROSS, so that the log is read in its order, and never gathered stream by stream and sorted.
    const made = this.database.prepare(
      `SELECT ${columns} FROM events e CROSS JOIN streams s ON s.id = e.stream_id WHERE ${where} ORDER BY e.position LIMIT ?`,
    );
    this.filtered.set(key, made);
    return made;
  }
}

const ioError = 10;
const corrupt = 11;
const notADatabase = 26;

function inWordsOfThePort(error: { readonly errcode?: number; readonly message: string }): unknown {
  switch ((error.errcode ?? 0) & 0xff) {
    case corrupt:
    case notADatabase:
      return new StoreDamaged(`What is stored cannot be read (${error.message}): restore events.db from a backup.`);
    case ioError:
      return new StoreUnavailable(`The log cannot be read (${error.message}).`);
    default:
      return error;
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
