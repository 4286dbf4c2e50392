import { categoryOf, idOf, type RecordedEvent } from '#event-store';
import { rowOf, type Projection, type Row } from '../projection.js';
import { fold, type Folded } from './fold.js';
import type { Change, Place, ProjectionStore } from './projection-store.js';

/** Rows kept in memory, so that an execution's end needs no look into the table. */
const MOST_ROWS = 5_000;

/** One projection and the table it fills. Fold, commit `change`, then settle. */
export class ProjectedTable {
  private readonly rows = new Map<string, Row>();
  private readonly parked: Set<string>;
  private folded: Folded | null = null;

  private constructor(
    private readonly store: ProjectionStore,
    readonly projection: Projection,
    private readonly place: Place,
    /** Of the last event seen; empty: none. */
    public position: string,
  ) {
    this.parked = new Set(place.parked);
  }

  static async open(store: ProjectionStore, projection: Projection): Promise<ProjectedTable> {
    const place = await store.place(projection);
    return new ProjectedTable(store, projection, place, place.position);
  }

  /** Whether this is the table that is read; else it is being built beside that one. */
  get live(): boolean {
    return this.place.live;
  }

  get parkedStreams(): number {
    return this.parked.size;
  }

  /** What has been folded and is not yet written. */
  get change(): Change {
    const { name, version } = this.projection;
    const parked = this.folded?.parked ?? [];
    return {
      projection: this.projection,
      table: this.place.table,
      rows: [...(this.folded?.changed.values() ?? [])],
      parked: parked.map((poison) => ({ projection: name, version, ...poison })),
      cleared: this.folded?.cleared ?? [],
    };
  }

  async fold(events: readonly RecordedEvent[]): Promise<void> {
    const mine = events.filter((event) => this.reads(event));
    await this.load(mine);
    const known = (id: string) => this.rows.get(id) ?? null;
    this.folded = fold(this.projection, mine, known, (stream) => this.parked.has(stream));
  }

  /** The change is durable. */
  settle(position: string): void {
    for (const { stream } of this.folded?.parked ?? []) this.parked.add(stream);
    for (const stream of this.folded?.cleared ?? []) this.parked.delete(stream);
    for (const [id, row] of this.folded?.changed ?? []) this.keep(id, row);
    this.folded = null;
    if (position > this.position) this.position = position;
  }

  private reads({ type, stream, position }: RecordedEvent): boolean {
    const { handles, categories } = this.projection;
    return position > this.position && handles.includes(type) && categories.includes(categoryOf(stream));
  }

  /** The rows that this batch goes on from. A stream whose first event is in the batch has none. */
  private async load(events: readonly RecordedEvent[]): Promise<void> {
    const wanted = new Map<string, boolean>();
    for (const event of events) {
      const id = this.rowOf(event);
      const begins = event.revision === 0n && id === idOf(event.stream);
      if (id !== null && !this.rows.has(id) && !wanted.has(id)) wanted.set(id, !begins);
    }
    const ids = [...wanted].filter(([, exists]) => exists).map(([id]) => id);
    for (const row of await this.store.rows(this.place.table, ids)) this.rows.set(row.id, row);
  }

  /** Null: it cannot be told, and the fold says why. */
  private rowOf(event: RecordedEvent): string | null {
    try {
      return rowOf(this.projection, event);
    } catch {
      return null;
    }
  }

  private keep(id: string, row: Row): void {
    this.rows.delete(id); // so that it counts as the newest
    this.rows.set(id, row);
    if (this.rows.size > MOST_ROWS) {
      const [oldest] = this.rows.keys();
      if (oldest !== undefined) this.rows.delete(oldest);
    }
  }
}
