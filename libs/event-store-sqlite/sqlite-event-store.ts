import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  categoryOf,
  EventStore,
  maxPayloadBytes,
  OpenExecutions,
  PayloadStore,
  PayloadTooLarge,
  StoreClosed,
  WrongExpectedRevision,
  type Appended,
  type CaughtUp,
  type ExpectedRevision,
  type NewEvent,
  type OpenChange,
  type OpenExecution,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from '#event-store';
import { lockDirectory } from './directory-lock.js';
import { asPosition } from './position.js';
import { LogReader } from './reader.js';
import type { OpenRow, WriterHealth } from './writer-thread.js';
import { Writer } from './writer.js';

export interface SqliteOptions {
  /** Made where it does not exist. Holds `events.db` and `lock.db`. */
  readonly dir: string;
  /** Of `events.db`, for tests of a full disk. */
  readonly maxPages?: number;
}

export interface StoreStats {
  /** Appends and payloads. */
  readonly works: number;
  readonly commits: number;
  readonly events: number;
}

/** The embedded log: one file, one writer, one process. */
export interface SqliteEventLog {
  readonly store: EventStore;
  readonly openExecutions: OpenExecutions;
  readonly payloads: PayloadStore;
  health(): WriterHealth;
  stats(): StoreStats;
  close(): Promise<void>;
}

/** Throws `DirectoryLocked` where another process works in the directory. */
export async function openSqliteEventStore({ dir, maxPages }: SqliteOptions): Promise<SqliteEventLog> {
  mkdirSync(dir, { recursive: true });
  const lock = lockDirectory(dir);
  const file = join(dir, 'events.db');
  const readers: { wake: () => void } = { wake: () => undefined };
  const writer = await Writer.open({ file, ...(maxPages !== undefined && { maxPages }) }, () => readers.wake()).catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const reader = new LogReader(file);
  const store = new SqliteEventStore(writer, reader);
  readers.wake = () => store.wake();
  return {
    store,
    openExecutions: new SqliteOpenExecutions(writer, reader),
    payloads: new SqlitePayloads(writer, reader),
    health: () => writer.health,
    stats: () => ({ ...writer.stats, events: store.appended }),
    close: async () => {
      await store.close();
      lock.release();
    },
  };
}

/** The log for reading only, from any thread or process: what the projector reads. */
export function openSqliteEventReader({ dir }: { readonly dir: string }): LogReader {
  return new LogReader(join(dir, 'events.db'));
}

class SqliteEventStore extends EventStore {
  appended = 0;
  private readonly waiting = new Set<() => void>();
  private closed = false;

  constructor(
    private readonly writer: Writer,
    private readonly reader: LogReader,
  ) {
    super();
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[], open?: OpenChange): Promise<Appended> {
    if (this.closed) throw new StoreClosed();
    const before = expected === 'no_stream' ? -1 : Number(expected);
    const texts: string[] = [];
    for (const { id, type, data, envelope } of events) texts.push(id, type, data, JSON.stringify(envelope));
    const change = open === undefined ? null : open === 'closed' ? open : asRow(open.row);
    const answer = await this.writer.write({ type: 'append', stream, category: categoryOf(stream), expected: before, events: texts, open: change });
    if (answer.type === 'conflict') throw new WrongExpectedRevision(stream, expected, answer.actual < 0 ? null : BigInt(answer.actual));
    if (answer.type !== 'appended') throw new Error('An append was answered as something else.');
    this.appended += events.length;
    const positions = events.map((_, at) => asPosition(answer.position - events.length + 1 + at));
    return { revision: BigInt(before + events.length), position: positions.at(-1)!, positions };
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    if (this.closed) throw new StoreClosed();
    return this.reader.readStream(stream, options);
  }

  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    if (this.closed) throw new StoreClosed();
    return this.reader.readAll(options);
  }

  async *subscribe({ from, signal, ...filter }: SubscribeOptions = {}): AsyncIterable<RecordedEvent | CaughtUp> {
    let seen = from ?? asPosition(0);
    while (!this.closed && !signal?.aborted) {
      const head = await this.reader.head();
      for await (const event of this.reader.readAll({ ...filter, from: seen })) {
        if (this.closed || signal?.aborted) return;
        yield event;
        seen = event.position;
      }
      if (head !== null && head > seen) seen = head;
      yield { type: 'caught_up', position: seen };
      await this.more(seen, signal);
    }
  }

  head(): Promise<Position | null> {
    return this.reader.head();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.wake();
    await this.writer.close();
    this.reader.close();
  }

  /** Something was committed. */
  wake(): void {
    for (const wake of this.waiting) wake();
  }

  private async more(seen: Position, signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake);
      if (this.closed || signal?.aborted) return wake();
      void this.reader.head().then((head) => head !== null && head > seen && wake());
    });
  }
}

const asRow = ({ tenant, priority, status, dueAt }: OpenExecution): OpenRow => ({ tenant, priority, status, dueAt });

class SqliteOpenExecutions extends OpenExecutions {
  private readonly page;
  private readonly dueRows;
  private readonly earliest;

  constructor(
    private readonly writer: Writer,
    reader: LogReader,
  ) {
    super();
    const columns = 'stream, tenant, priority, status, due_at AS dueAt';
    this.page = reader.prepare(`SELECT ${columns} FROM open_executions WHERE stream > ? ORDER BY stream LIMIT ?`);
    this.dueRows = reader.prepare(`SELECT ${columns} FROM open_executions WHERE due_at <= ? ORDER BY due_at LIMIT ?`);
    this.earliest = reader.prepare('SELECT min(due_at) AS dueAt FROM open_executions WHERE due_at IS NOT NULL');
  }

  async list({ after = '', limit }: { readonly after?: string; readonly limit: number }): Promise<readonly OpenExecution[]> {
    return this.page.all(after, limit) as unknown as OpenExecution[];
  }

  async due(at: number, limit: number): Promise<readonly OpenExecution[]> {
    return this.dueRows.all(at, limit) as unknown as OpenExecution[];
  }

  async nextDue(): Promise<number | null> {
    return (this.earliest.get() as { dueAt: number | null }).dueAt;
  }

  async put(row: OpenExecution): Promise<void> {
    await this.writer.write({ type: 'open', stream: row.stream, row: asRow(row) });
  }
}

class SqlitePayloads extends PayloadStore {
  private readonly read;

  constructor(
    private readonly writer: Writer,
    reader: LogReader,
  ) {
    super();
    this.read = reader.prepare('SELECT bytes FROM payloads WHERE tenant = ? AND sha256 = ?');
  }

  async put(tenant: string, bytes: Uint8Array): Promise<{ sha256: string; size: number }> {
    if (bytes.length > maxPayloadBytes) throw new PayloadTooLarge(bytes.length, maxPayloadBytes);
    const sha256 = hash('sha256', bytes, 'hex');
    await this.writer.write({ type: 'payload', tenant, sha256, bytes });
    return { sha256, size: bytes.length };
  }

  async get(tenant: string, sha256: string): Promise<Uint8Array | null> {
    const row = this.read.get(tenant, sha256) as { bytes: Uint8Array } | undefined;
    return row?.bytes ?? null;
  }
}
