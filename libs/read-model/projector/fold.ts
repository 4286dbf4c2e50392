import { eventSchemas } from '#engine';
import { eventOf, type RecordedEvent } from '#event-store';
import { rowOf, type Cell, type Fact, type Projection, type Row } from '../projection.js';

/** What a batch made of one projection's rows. */
export interface Folded {
  /** Rows that are different now. */
  readonly changed: ReadonlyMap<string, Row>;
  readonly parked: readonly Poison[];
  /** Streams that need not be parked any more. */
  readonly cleared: readonly string[];
}

/** An event that could not be folded, for whatever reason. */
export interface Poison {
  readonly stream: string;
  readonly position: string;
  readonly reason: string;
}

/**
 * A batch, folded in memory.
 *
 * 1. Events of a parked stream are passed over.
 * 2. An event that cannot be folded, or whose row the table could not take, parks its stream; its row stays as it was.
 * 3. Where an event stands for a whole stream, it does not matter any more what could not be folded of that.
 */
export const fold = (
  projection: Projection,
  events: readonly RecordedEvent[],
  known: (id: string) => Row | null,
  isParked: (stream: string) => boolean,
): Folded => {
  const changed = new Map<string, Row>();
  const parked = new Map<string, Poison>();
  const cleared = new Set<string>();
  for (const event of events) {
    const { stream, position } = event;
    if (parked.has(stream) || isParked(stream)) continue; // rule 1
    try {
      const id = rowOf(projection, event);
      const row = changed.get(id) ?? known(id);
      const next = evolved(projection, row, event, id);
      if (next !== null && next !== row) changed.set(id, next);
      const whole = projection.standsFor?.(event) ?? null;
      if (whole !== null && !parked.delete(whole) && isParked(whole)) cleared.add(whole); // rule 3
    } catch (error) {
      parked.set(stream, { stream, position, reason: reasonOf(error) }); // rule 2
    }
  }
  return { changed: finished(projection, changed), parked: [...parked.values()], cleared: [...cleared] };
};

function finished(projection: Projection, changed: ReadonlyMap<string, Row>): ReadonlyMap<string, Row> {
  if (!projection.finished) return changed;
  return new Map([...changed].map(([id, row]) => [id, projection.finished!(row)]));
}

const evolved = (projection: Projection, row: Row | null, recorded: RecordedEvent, id: string): Row | null => {
  const { envelope, position } = recorded;
  const { tenant, at } = envelope;
  if (typeof tenant !== 'string' || typeof at !== 'string') throw new Error('The envelope of this event is damaged.');
  const event = eventOf<Fact>(recorded, eventSchemas);
  const next = projection.evolve(row, { event, id, tenant, at, position });
  return next === null ? null : writable(projection, next);
};

/**
 * A row that its table can take: else one bad event would keep its whole batch from being written, for ever. PostgreSQL keeps
 * no NUL in a text; the mark for what cannot be shown stands for it, on every database.
 */
const writable = ({ table }: Projection, row: Row): Row => {
  const marked: Record<string, Cell> = {};
  for (const [column, type] of Object.entries(table.columns)) {
    const cell: unknown = row[column];
    const absent = cell === null || cell === undefined;
    if (absent ? type.includes('not null') : typeof cell !== 'string' && !Number.isFinite(cell)) {
      throw new Error(`The column ${column} cannot hold ${absent ? 'nothing' : typeof cell}.`);
    }
    if (typeof cell === 'string' && cell.includes('\0')) marked[column] = cell.replaceAll('\0', '\u{fffd}');
  }
  return Object.keys(marked).length === 0 ? row : { ...row, ...marked };
};

const reasonOf = (error: unknown): string => String((error as { message?: unknown } | null)?.message ?? error);
