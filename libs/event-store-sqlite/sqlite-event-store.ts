import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  categoryOf,
  EventStore,
  mustBeAppendable,
  StoreClosed,
  StreamGone,
  WrongExpectedRevision,
  type Appended,
  type CaughtUp,
  type ExpectedRevision,
  type NewEvent,
  type OpenChange,
  type OwnOpenExecutions,
  type PayloadStore,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
} from '#event-store';
import { lockDirectory } from './directory-lock.js';
import { asNumber, asPosition } from './position.js';
import { LogReader } from './reader.js';
import { asRow, SqliteOpenExecutions } from './sqlite-open-executions.js';
import { SqlitePayloads } from './sqlite-payloads.js';
import type { WriterHealth } from './writer-thread.js';
import { Writer, type Answer } from './writer.js';

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
  readonly openExecutions: OwnOpenExecutions;
  readonly payloads: PayloadStore;
  health(): WriterHealth;
  stats(): StoreStats;
  close(): Promise<void>;
}

/** Throws `DirectoryLocked` where another process works in the directory. */
export async function openSqliteEventStore({ dir, maxPages }: SqliteOptions): Promise<SqliteEventLog> {
  mkdirSync(dir, { recursive: true });
  const lock = lockDirectory(dir);
  try {
    const store = await SqliteEventStore.open(join(dir, 'events.db'), maxPages, () => lock.release());
    return {
      store,
      openExecutions: store.openExecutions,
      payloads: store.payloads,
      health: () => store.health(),
      stats: () => store.stats(),
      close: () => store.close(),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The log for reading only, from any thread or process: what the projector reads. */
export function openSqliteEventReader({ dir }: { readonly dir: string }): LogReader {
  return new LogReader(join(dir, 'events.db'));
}

class SqliteEventStore extends EventStore {
  readonly openExecutions: OwnOpenExecutions;
  readonly payloads: PayloadStore;
  private events = 0;
  private readonly waiting = new Set<() => void>();
  /** Where the last event of each category stands that was appended here: nobody else appends. */
  private readonly newest = new Map<string, Position>();
  private closed: Promise<void> | null = null;

  private constructor(
    private readonly writer: Writer,
    private readonly reader: LogReader,
    private readonly onClosed: () => void,
  ) {
    super();
    this.openExecutions = new SqliteOpenExecutions(writer, reader);
    this.payloads = new SqlitePayloads(writer, reader);
  }

  static async open(file: string, maxPages: number | undefined, onClosed: () => void): Promise<SqliteEventStore> {
    let store: SqliteEventStore | null = null;
    const writer = await Writer.open({ file, ...(maxPages !== undefined && { maxPages }) }, () => store?.wake());
    try {
      return (store = new SqliteEventStore(writer, new LogReader(file), onClosed));
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open?: OpenChange,
  ): Promise<Appended> {
    mustBeAppendable(stream, events);
    const before = expected === 'no_stream' ? -1 : Number(expected);
    const texts: string[] = [];
    for (const { id, type, data, envelope } of events) texts.push(id, type, data, JSON.stringify(envelope));
    const change = open === undefined ? null : open === 'closed' ? open : asRow(open.row);
    const category = categoryOf(stream);
    const answer = await this.writer.write({
      type: 'append',
      stream,
      category,
      expected: before,
      events: texts,
      open: change,
    });
    mustBeGranted(answer, stream, expected);
    if (answer.type !== 'appended') throw new Error('An append was answered as something else.');
    this.events += events.length;
    const position = asPosition(answer.position);
    if (position > (this.newest.get(category) ?? '')) this.newest.set(category, position);
    this.wake();
    return { revision: BigInt(before + events.length), position };
  }

  async tombstone(stream: string, expected: bigint): Promise<void> {
    const answer = await this.writer.write({ type: 'tombstone', stream, expected: Number(expected) });
    mustBeGranted(answer, stream, expected);
  }

  async *readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    this.mustWork();
    yield* this.reader.readStream(stream, options);
  }

  async *readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent> {
    this.mustWork();
    yield* this.reader.readAll(options);
  }

  async *subscribe(options: SubscribeOptions = {}): AsyncIterable<RecordedEvent | CaughtUp> {
    this.mustWork();
    try {
      yield* this.follow(options);
    } catch (error) {
      if (!this.closed) throw error; // being closed is how a subscription ends
    }
  }

  async head(): Promise<Position | null> {
    this.mustWork();
    return this.reader.head();
  }

  health(): WriterHealth {
    return this.writer.health;
  }

  stats(): StoreStats {
    return { ...this.writer.stats, events: this.events };
  }

  /** What was asked for before is answered first. */
  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  /** The reader goes first: the last connection to leave tidies the file up, and that has to be one that may write. */
  private async end(): Promise<void> {
    this.reader.close();
    const written = this.writer.close();
    this.wake();
    await written;
    this.onClosed();
  }

  private async *follow({ from, signal, ...filter }: SubscribeOptions): AsyncIterable<RecordedEvent | CaughtUp> {
    let seen = from ?? asPosition(0);
    while (!signal?.aborted) {
      const head = await this.head();
      for await (const event of this.reader.readAll({ ...filter, from: seen })) {
        if (signal?.aborted) return;
        this.mustWork();
        yield event;
        seen = event.position;
      }
      if (head !== null && head > seen) seen = head;
      this.mustWork();
      yield { type: 'caught_up', position: seen };
      await this.more(seen, { ...filter, ...(signal && { signal }) });
    }
  }

  /** Until there is more than was seen, or a reason to look up. Who follows some categories sleeps through what the others do. */
  private async more(seen: Position, { signal, categories }: SubscribeOptions): Promise<void> {
    const hasMore = (): boolean =>
      categories
        ? categories.some((category) => (this.newest.get(category) ?? '') > seen)
        : this.reader.lastPosition() > asNumber(seen);
    this.mustWork();
    if (signal?.aborted || hasMore()) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        if (!signal?.aborted && !this.closed && !this.writer.failure && !hasMore()) return;
        this.waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
  }

  private mustWork(): void {
    if (this.closed) throw new StoreClosed();
    if (this.writer.failure) throw this.writer.failure;
  }
}

function mustBeGranted(answer: Answer, stream: string, expected: ExpectedRevision): void {
  if (answer.type === 'gone') throw new StreamGone(stream);
  if (answer.type === 'conflict')
    throw new WrongExpectedRevision(stream, expected, answer.actual < 0 ? null : BigInt(answer.actual));
}
