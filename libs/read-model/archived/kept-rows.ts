import type { ExecutionArchived, KeptRow } from '#engine';
import { executionStream, idOf, type RecordedEvent } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import type { Cell, Projection, Recorded, Row } from '../projection.js';
import { fold } from '../projector/fold.js';

/** The category of the streams that keep what archived executions came to. */
const archives = 'archive';
const archived = 'ExecutionArchived';

/**
 * The same projection, for a log in which executions are archived.
 *
 * 1. What an archived execution came to stands in `ExecutionArchived`; the row is taken up as it stands there. So the rows
 *    are the same before and after, and also when they are made anew from a log that has the execution's events no more.
 * 2. A column that came later is empty in it: null where it may be, else '' or 0.
 * 3. What this projection had no row of then, it has no row of later.
 * 4. EventStoreDB clears up a stream that is gone piece by piece. What it still gives of it need not be whole, and may not
 *    fold; that is over with what stands for all of it.
 */
export const keepingArchived = (projection: Projection): Projection => ({
  ...projection,
  categories: [...projection.categories, archives],
  handles: [...projection.handles, archived],
  rowOf: archivedOrOwn,
  standsFor: (event) => (event.type === archived ? executionStream(archivedOrOwn(event)) : null), // rule 4
  evolve: (row, recorded) =>
    recorded.event.type === archived ? (keptIn(projection, recorded) ?? row) : projection.evolve(row, recorded),
});

/** The execution that an event is about. */
export const archivedOrOwn = ({ type, stream, data }: RecordedEvent): string =>
  type === archived ? (JSON.parse(data) as ExecutionArchived).execution_id : idOf(stream);

function keptIn({ name, table }: Projection, { event, id, tenant }: Recorded): Row | null {
  const kept = (event.data as ExecutionArchived).payload[name]; // rule 3
  if (!kept) return null;
  const cells = Object.entries(table.columns).map(([column, type]): [string, Cell] => [
    column,
    (kept.row[column] as Cell | undefined) ?? empty(type), // rule 2
  ]);
  return { ...Object.fromEntries(cells), id, tenant };
}

const empty = (type: string): Cell => (!type.includes('not null') ? null : type.startsWith('text') ? '' : 0);

/**
 * What is listed of one execution, by projection, from its whole stream: the `payload` of its `ExecutionArchived`. Throws
 * where a projection cannot fold it: what is archived must not be less than what was listed.
 */
export function keptRows(
  projections: readonly Projection[],
  events: readonly RecordedEvent[],
): Record<string, KeptRow> {
  const rows: Record<string, KeptRow> = {};
  for (const projection of projections.filter(({ categories }) => categories.includes(archives))) {
    const wanted = events.filter(({ type }) => projection.handles.includes(type));
    const { changed, parked } = fold(
      projection,
      wanted,
      () => null,
      () => false,
    );
    if (parked[0]) throw new Error(`The table ${projection.name} cannot be made of it: ${parked[0].reason}`);
    for (const { id: _id, tenant: _tenant, ...row } of changed.values())
      rows[projection.name] = { version: projection.version, row: row as JsonObject };
  }
  return rows;
}
