import { idOf, type Position, type RecordedEvent } from '#event-store';

/** What a column holds. Flags are 0 and 1, lists are JSON text: the same on every database, and free to copy. */
export type Cell = string | number | null;

/** One row of a projection's table; `id` is the UUID in the name of the stream it follows, unless `rowOf` says another. */
export type Row = { readonly id: string } & Readonly<Record<string, Cell>>;

/** Something that happened, as the decider wrote it. */
export interface Fact {
  readonly type: string;
  readonly data: unknown;
}

/** A fact with what its record says about it. */
export interface Recorded<E extends Fact = Fact> {
  readonly event: E;
  /** UUID in the stream's name. */
  readonly id: string;
  readonly tenant: string;
  /** RFC 3339, UTC, ms. */
  readonly at: string;
  readonly position: Position;
}

/** The table of a projection. Types are the ones that SQLite and PostgreSQL share: text, integer, bigint. */
export interface TableShape<R extends Row = Row> {
  readonly columns: Readonly<Record<keyof R, string>>;
  /** Name → what follows `create index … on <table>`. */
  readonly indexes: Readonly<Record<string, string>>;
}

/**
 * A fold of the log into one table, one row a stream.
 *
 * `evolve` is pure: the same facts give the same row, however they are cut into batches. Where it throws, the stream
 * is parked for this version. Raise `version` whenever the same facts would give another row: the table is then
 * rebuilt beside the old one and swapped in when it has caught up.
 */
export interface Projection<E extends Fact = Fact, R extends Row = Row> {
  /** Also the table's name. */
  readonly name: string;
  readonly version: number;
  readonly categories: readonly string[];
  readonly handles: readonly E['type'][];
  readonly table: TableShape<R>;
  /** Which row this event is about. Default: the one of its stream. It must not change from version to version. */
  rowOf?(event: RecordedEvent): string;
  /** The stream that this event stands for as a whole; null: for itself. Default: for itself. */
  standsFor?(event: RecordedEvent): string | null;
  /** The row after this fact; `row` is null when there was none yet. Null: there is still none. */
  evolve(row: R | null, recorded: Recorded<E>): R | null;
  /** The row as it is written, once a batch, where `evolve` leaves something to be done. Default: as it is. */
  finished?(row: R): R;
}

/** Throws where the event cannot tell. */
export const rowOf = (projection: Projection, event: RecordedEvent): string =>
  projection.rowOf?.(event) ?? idOf(event.stream);
