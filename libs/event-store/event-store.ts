import type { NewEvent, RecordedEvent } from './recorded-event.js';

/** Place in the whole log: a fixed-width string that compares in the log's order, otherwise opaque. */
export type Position = string;

/** What the writer believes of the stream: that it does not exist, or its last revision. Never "any". */
export type ExpectedRevision = 'no_stream' | bigint;

/** Emitted by `subscribe` each time the reader has seen everything that was there. */
export interface CaughtUp {
  readonly type: 'caught_up';
  readonly position: Position;
}

export interface ReadStreamOptions {
  /** First revision to give; default the start (forwards) or the end (backwards). */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Exclusive: gives what comes after this position. Default: the beginning. */
  readonly from?: Position;
  readonly limit?: number;
  readonly categories?: readonly string[];
  /** Only these event types: a cheaper read where the store can filter. */
  readonly types?: readonly string[];
}

export interface SubscribeOptions {
  /** Exclusive. Default: the beginning. */
  readonly from?: Position;
  readonly categories?: readonly string[];
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What an append changes, in the same transaction, in the list of executions that are still open. */
export type OpenChange = { readonly row: OpenExecution } | 'closed';

/** One execution that is not over: a hint of what is due. What really is due is decided from its stream. */
export interface OpenExecution {
  /** The execution's stream name. */
  readonly stream: string;
  readonly tenant: string;
  readonly priority: number;
  readonly status: 'running' | 'waiting' | 'parked';
  /** Ms since the epoch at which something becomes due; null: nothing timed. */
  readonly dueAt: number | null;
  /** The process that drives it; null: none. Kept only where several processes share the store. */
  readonly driver?: string | null;
}

export interface Appended {
  /** Revision of the last event appended. */
  readonly revision: bigint;
  /** Of the last event appended. */
  readonly position: Position;
}

/**
 * The log. `append` is durable when it resolves, atomic over its events, and refused with `WrongExpectedRevision` when
 * the stream is elsewhere, and with `StreamGone` when it was ended. An unknown outcome (store gone in mid-air) rejects with `StoreUnavailable`; a full disk with `StorageFull`.
 */
export abstract class EventStore {
  abstract append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    open?: OpenChange,
  ): Promise<Appended>;
  /**
   * Ends a stream for good, durably: nobody reads its events any more, neither by its name nor in the whole log, and its
   * name is never used again. Other events keep their positions, and no position is given twice. Refused with
   * `WrongExpectedRevision` where it is elsewhere or was never there, with `StreamGone` where it has been ended before.
   */
  abstract tombstone(stream: string, expected: bigint): Promise<void>;
  /** Nothing, where there is no such stream, or where it was ended. */
  abstract readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  abstract readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;
  /** Catch-up, then live; never gives up by itself; back-pressure, not buffers. Ends only by `signal` or `close`. */
  abstract subscribe(options?: SubscribeOptions): AsyncIterable<RecordedEvent | CaughtUp>;
  /** Position of the newest durable event, or null in an empty log. */
  abstract head(): Promise<Position | null>;
  abstract close(): Promise<void>;
}

/** The executions that are not over, kept by the store with each append. */
export abstract class OpenExecutions {
  /** In the order of stream names; pages by `after`. */
  abstract list(options: { readonly after?: string; readonly limit: number }): Promise<readonly OpenExecution[]>;
  /** Rows due at or before `at` (ms), earliest first. */
  abstract due(at: number, limit: number): Promise<readonly OpenExecution[]>;
  /** The earliest `dueAt` of all, or null. */
  abstract nextDue(): Promise<number | null>;
}

/** The list of a log that one process has to itself. */
export abstract class OwnOpenExecutions extends OpenExecutions {
  /** Marks a row without an append (parking a poisoned execution). */
  abstract put(row: OpenExecution): Promise<void>;
}
