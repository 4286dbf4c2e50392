import { setTimeout as rest } from 'node:timers/promises';
import {
  EventStore,
  mustBeAppendable,
  StoreClosed,
  type Appended,
  type CaughtUp,
  type ExpectedRevision,
  type NewEvent,
  type OpenChange,
  type OpenChanges,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type RecordedOpenChange,
  type SubscribeOptions,
} from '#event-store';
import { Appender } from './appender.js';
import { Connection, type EsdbHealth, type EsdbLog } from './connection.js';
import { isWanted, Reading } from './reading.js';
import { asRecorded, openChangeIn, type Stored } from './records.js';

export interface EsdbOptions {
  /** `esdb://user:password@host:2113?tls=true`, `esdb+discover://…`, or several hosts. */
  readonly url: string;
  readonly log?: EsdbLog;
}

const shortestRestMs = 100;
const longestRestMs = 5_000;

/** Rejects where the server cannot be reached, or does not let us read the whole log. */
export async function openEsdbEventStore({
  url,
  log = { warn: () => undefined },
}: EsdbOptions): Promise<EsdbEventStore> {
  const store = new EsdbEventStore(new Connection(url, log));
  try {
    await store.head();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The log in EventStoreDB, shared by as many processes as like. */
export class EsdbEventStore extends EventStore implements OpenChanges {
  private readonly reading: Reading;
  private readonly appender: Appender;
  private readonly under = new Set<Promise<unknown>>();
  private readonly ended = new AbortController();
  private readonly listeners = new Set<(position: Position) => void>();
  private readonly counts = { works: 0, events: 0 };
  private closing: Promise<void> | null = null;

  constructor(private readonly connection: Connection) {
    super();
    this.reading = new Reading(connection);
    this.appender = new Appender(connection, (stream, from, limit) => this.reading.stream(stream, { from, limit }));
  }

  /** Calls back with the position of each append of this process. */
  onAppended(listener: (position: Position) => void): void {
    this.listeners.add(listener);
  }

  override async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open?: OpenChange,
  ): Promise<Appended> {
    this.mustBeOpen();
    mustBeAppendable(stream, events);
    const appending = this.appender.append(stream, expected, events, open);
    const settled = appending.then(
      () => undefined,
      () => undefined,
    );
    this.under.add(settled);
    void settled.then(() => this.under.delete(settled));
    const appended = await appending;
    this.counts.works += 1;
    this.counts.events += events.length;
    for (const listener of this.listeners) listener(appended.position);
    return appended;
  }

  override async tombstone(stream: string, expected: bigint): Promise<void> {
    this.mustBeOpen();
    await this.appender.tombstone(stream, expected);
  }

  override async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    this.mustBeOpen();
    yield* this.reading.stream(stream, options);
  }

  override async *readAll(options: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    this.mustBeOpen();
    yield* this.reading.all(options);
  }

  override async *subscribe({ signal, from, ...wanted }: SubscribeOptions = {}): AsyncIterable<
    RecordedEvent | CaughtUp
  > {
    this.mustBeOpen();
    for await (const told of this.supervised(from, wanted, signal)) {
      if ('event' in told) yield asRecorded(told.event);
      else yield told;
    }
  }

  /** What the appends have changed in the list of open executions: it rides in the last event of each. */
  async *openChanges({
    from,
    signal,
  }: {
    readonly from?: Position;
    readonly signal: AbortSignal;
  }): AsyncIterable<RecordedOpenChange | CaughtUp> {
    this.mustBeOpen();
    for await (const told of this.supervised(from, { categories: ['execution'] }, signal)) {
      if (!('event' in told)) yield told;
      else {
        const open = openChangeIn(told.event);
        const { streamId: stream, revision } = told.event;
        if (open !== null) yield { type: 'open_change', stream, revision, open, position: told.position };
      }
    }
  }

  override async head(): Promise<Position | null> {
    this.mustBeOpen();
    return this.reading.head();
  }

  /** `works`: appends since the start, and how many events they had. */
  health(): EsdbHealth & { readonly works: number; readonly events: number } {
    return { ...this.connection.health(), ...this.counts };
  }

  /** What is under way is waited for. */
  override close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    await Promise.all(this.under);
    this.ended.abort();
    await this.connection.close();
  }

  private mustBeOpen(): void {
    if (this.closing) throw new StoreClosed();
    this.connection.mustBeOpen();
  }

  /**
   * A subscription that goes on behind the last thing that it has told, whatever becomes of its connection. The client's own
   * subscriptions end with theirs. Each time that it has seen everything it says so.
   */
  private async *supervised(
    from: Position | undefined,
    wanted: Omit<SubscribeOptions, 'signal' | 'from'>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ readonly event: Stored; readonly position: Position } | CaughtUp> {
    const ended = signal ? AbortSignal.any([signal, this.ended.signal]) : this.ended.signal;
    let seen = from;
    for (let restMs = shortestRestMs; !ended.aborted; restMs = Math.min(restMs * 2, longestRestMs)) {
      try {
        for await (const told of this.reading.follow(seen, wanted, ended)) {
          restMs = shortestRestMs;
          if (told.type === 'caught_up') yield { type: 'caught_up', position: seen ?? '' };
          else {
            seen = told.position;
            if (told.type === 'event' && isWanted(told.event, wanted)) yield { event: told.event, position: seen };
          }
        }
      } catch (error) {
        this.connection.understood(error);
      }
      await rest(restMs, undefined, { signal: ended }).catch(() => undefined);
    }
  }
}
