/** One event as it lies in the log. Data and metadata are the bytes that were sent, never parsed. */
export interface LoggedEvent {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly json: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly createdAt: number;
}

export type Direction = 'forwards' | 'backwards';

/** The revision of the event that closes a stream for good. */
export const TOMBSTONE = 2n ** 63n - 1n;

/** Where events are kept, in one order. It knows nothing of expected revisions, deletes and rights. */
export interface EventLog {
  /** All of them or none; kept, as far as a killed process goes, when it returns. */
  append(events: readonly LoggedEvent[]): void;
  /** The newest event of the stream, its tombstone included. */
  last(stream: string): LoggedEvent | undefined;
  at(stream: string, revision: bigint): LoggedEvent | undefined;
  /** The newest event with this id, in whatever stream. */
  find(id: string): LoggedEvent | undefined;
  /** From `from` on, `from` included in both directions. */
  readStream(stream: string, from: bigint, count: number, direction: Direction): LoggedEvent[];
  /** Forwards `from` is included, backwards it is not. */
  readAll(from: bigint, count: number, direction: Direction): LoggedEvent[];
  has(position: bigint): boolean;
  /** The position of the newest event; -1 in an empty log. */
  end(): bigint;
  close(): void;
}
