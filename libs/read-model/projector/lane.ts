import type { EventStore, RecordedEvent } from '#event-store';
import type { Projection } from '../projection.js';
import type { ProjectedTable } from './projected-table.js';
import type { ProjectionStore } from './projection-store.js';

/** What the projector needs of the log. */
export type EventReader = Pick<EventStore, 'readAll' | 'head'>;

/** What a step did: how many events it read, and how many rows it wrote. */
export interface Step {
  readonly events: number;
  readonly rows: number;
  readonly caughtUp: boolean;
}

/** A batch, and so a transaction, ends with whichever comes first. */
const BATCH = 1_000;
const charactersPerBatch = 8 * 1024 * 1024;

/** Projections that read the log together, from the one that is furthest behind. */
export class Lane {
  constructor(
    private readonly store: ProjectionStore,
    private readonly reader: EventReader,
    readonly tables: readonly ProjectedTable[],
    private readonly batch = BATCH,
    /** Others look in the database how far it has come. */
    private readonly shown = false,
  ) {}

  /** Of the last thing that all of them have seen; empty: nothing yet. */
  get position(): string {
    return this.tables.map(({ position }) => position).reduce((least, one) => (one < least ? one : least));
  }

  /**
   * One batch.
   *
   * 1. The head is asked before the events: a batch that is not full has everything up to there, also what these
   *    projections do not read.
   * 2. What changes no row of any of them moves no checkpoint in the database; after a restart it is passed over again.
   *    A change of one moves the checkpoints of all, so that a quiet one does not have them read the log again. Where
   *    others look how far it has come, every step moves them.
   */
  async step(): Promise<Step> {
    const from = this.position;
    const head = await this.reader.head(); // rule 1
    if (head === null || head <= from) return { events: 0, rows: 0, caughtUp: true };

    const { events, caughtUp } = await this.read(from);
    const last = events.at(-1)?.position ?? from;
    const position = caughtUp && head > last ? head : last;
    return { events: events.length, rows: await this.write(events, position), caughtUp };
  }

  private async write(events: readonly RecordedEvent[], position: string): Promise<number> {
    for (const table of this.tables) await table.fold(events);
    const changes = this.tables.filter((table) => table.position < position).map(({ change }) => change);
    const hasChanged = changes.some(({ rows, parked }) => rows.length + parked.length > 0);
    if (hasChanged || (this.shown && changes.length > 0)) await this.store.commit(position, changes); // rule 2
    for (const table of this.tables) table.settle(position);
    return changes.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  private async read(from: string): Promise<{ readonly events: RecordedEvent[]; readonly caughtUp: boolean }> {
    const projections = this.tables.map(({ projection }) => projection);
    const events: RecordedEvent[] = [];
    const options = { ...whatIsRead(projections), limit: this.batch };
    let characters = 0;
    for await (const event of this.reader.readAll(from === '' ? options : { ...options, from })) {
      events.push(event);
      characters += event.data.length;
      if (characters >= charactersPerBatch) break;
    }
    return { events, caughtUp: events.length < this.batch && characters < charactersPerBatch };
  }
}

/** Categories and types that any of these projections reads. */
export const whatIsRead = (projections: readonly Projection[]) => ({
  categories: [...new Set(projections.flatMap(({ categories }) => categories))],
  types: [...new Set(projections.flatMap(({ handles }) => handles))],
});
