import type { RecordedEvent } from '#event-store';
import type { Fact, Projection, Row } from '../projection.js';

/** What a batch made of one projection's rows. */
export interface Folded {
  /** Rows that are different now. */
  readonly changed: ReadonlyMap<string, Row>;
  readonly parked: readonly Poison[];
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
 * 2. An event that cannot be folded parks its stream; its row stays as it was before that event.
 */
export const fold = (
  projection: Projection,
  events: readonly RecordedEvent[],
  known: (id: string) => Row | null,
  isParked: (stream: string) => boolean,
): Folded => {
  const changed = new Map<string, Row>();
  const parked = new Map<string, Poison>();
  for (const event of events) {
    const { stream, position } = event;
    if (parked.has(stream) || isParked(stream)) continue; // rule 1
    const id = idOf(stream);
    const row = changed.get(id) ?? known(id);
    try {
      const next = evolved(projection, row, event, id);
      if (next !== row) changed.set(id, next);
    } catch (error) {
      parked.set(stream, { stream, position, reason: reasonOf(error) }); // rule 2
    }
  }
  return { changed, parked: [...parked.values()] };
};

/** The part of a stream's name after its category. */
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

const evolved = (projection: Projection, row: Row | null, recorded: RecordedEvent, id: string): Row => {
  const { type, data, envelope, position } = recorded;
  const event: Fact = { type, data: JSON.parse(data) };
  return projection.evolve(row, { event, id, tenant: envelope.tenant, at: envelope.at, position });
};

const reasonOf = (error: unknown): string => String((error as { message?: unknown } | null)?.message ?? error);
