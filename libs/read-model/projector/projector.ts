import type { ReadDatabase } from '../database/read-database.js';
import type { Projection } from '../projection.js';
import { Lane, type EventReader, type Step } from './lane.js';
import { ProjectedTable } from './projected-table.js';
import { ProjectionStore, type Standing } from './projection-store.js';
import { Signal } from './signal.js';
import type { ProjectorCounts, ProjectorStatus } from './projector-status.js';
import type { Turn } from './turn.js';

/** How often is looked for what other processes have written, in the log or in the tables. */
const lookEveryMs = 100;

export interface ProjectorOptions {
  readonly database: ReadDatabase;
  readonly reader: EventReader;
  readonly projections: readonly Projection[];
  readonly turn: Turn;
  /** Rest after waking, so that one batch holds more; nobody rests while a reader waits. Default 30. */
  readonly lingerMs?: number;
  /** First rest after an error; doubles up to a hundredfold. Default 100. */
  readonly retryMs?: number;
  /** Events in one transaction. Default 1,000. */
  readonly batch?: number;
  /** Called whenever something has moved. */
  readonly onProgress: (status: ProjectorStatus) => void;
}

/**
 * Follows the log and keeps the tables.
 *
 * 1. Versions that are live follow the log together. A version that is being built beside takes turns with them, batch
 *    by batch, so that a long rebuild does not hold up the lists that are read.
 * 2. When it has caught up, it takes the old one's place.
 * 3. An error of the log or the database is told, and tried again from what is in the database, for ever.
 * 4. Of several projectors one folds, whose turn it is; the others tell how far it has come, and look often: nobody wakes
 *    them.
 */
export class Projector {
  private readonly store: ProjectionStore;
  private readonly woken = new Signal();
  private readonly hurried = new Signal();
  private readonly closing = new Signal();
  private closed = false;
  private running: Promise<void> = Promise.resolve();
  private live: Lane | null = null;
  private rebuilds: Lane[] = [];
  /** How far another one has come; null: it is this one's turn. */
  private followed: Standing | null = null;
  private failing: string | null = null;
  private counts = { batches: 0, events: 0, rows: 0 };

  constructor(private readonly options: ProjectorOptions) {
    this.store = new ProjectionStore(options.database);
  }

  /** Resolves at once; the first pass starts by itself. */
  start(): void {
    this.hurry();
    this.running = this.run();
  }

  /** There may be something new. */
  wake(): void {
    this.woken.raise();
  }

  /** A reader waits: no rest before the next pass. */
  hurry(): void {
    this.hurried.raise();
    this.woken.raise();
  }

  status(): ProjectorStatus {
    if (this.followed) return { ...this.followed, failing: this.failing, counts: this.countsSoFar() };
    const lanes = this.lanes();
    const positions = lanes.map(({ position }) => position);
    return {
      position: positions.length === 0 ? '' : positions.reduce((least, one) => (one < least ? one : least)),
      parked: lanes.flatMap(({ tables }) => tables).reduce((sum, table) => sum + table.parkedStreams, 0),
      rebuilding: this.rebuilds.flatMap(({ tables, position }) =>
        tables.map(({ projection: { name: projection } }) => ({ projection, position })),
      ),
      failing: this.failing,
      counts: this.countsSoFar(),
    };
  }

  /** Ends after the batch it is in. The database stays open: whoever opened it closes it. */
  async close(): Promise<void> {
    this.closed = true;
    this.closing.raise();
    this.hurry();
    await this.running;
    await this.options.turn.pass();
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.closed) {
      await this.woken.wait(this.options.turn.shared ? lookEveryMs : undefined);
      await this.hurried.wait(this.options.lingerMs ?? 30);
      this.woken.lower();
      this.hurried.lower();
      failures = (await this.tried()) ? 0 : failures + 1;
      this.options.onProgress(this.status());
      if (failures > 0) await this.rest(failures);
    }
  }

  /** Whether a pass came to its end. */
  private async tried(): Promise<boolean> {
    try {
      await this.pass();
      this.failing = null;
      return true;
    } catch (error) {
      this.failing = String((error as { message?: unknown } | null)?.message ?? error);
      this.live = null; // rule 3: what is in memory may be ahead of the database
      await this.options.turn.pass(); // another one may be newer, or see what this one does not
      return false;
    }
  }

  private async rest(failures: number): Promise<void> {
    await this.closing.wait((this.options.retryMs ?? 100) * Math.min(2 ** (failures - 1), 100));
    this.woken.raise();
  }

  /** Rule 4. */
  private async pass(): Promise<void> {
    if (await this.options.turn.isMine()) return this.foldAll();
    this.live = null;
    this.rebuilds = [];
    this.followed = await this.store.standing(this.options.projections);
  }

  private async foldAll(): Promise<void> {
    if (!this.live) await this.place();
    this.followed = null;
    for (let busy = true; busy && !this.closed;) {
      busy = false;
      for (const lane of this.lanes()) {
        const step = await lane.step();
        this.count(step);
        if (!step.caughtUp) busy = true;
        else if (this.rebuilds.includes(lane)) busy = await this.swap(lane);
      }
      if (busy) this.options.onProgress(this.status());
    }
  }

  /** Rule 2. The new table joins the live ones, which may have moved on meanwhile. */
  private async swap({ tables }: Lane): Promise<true> {
    for (const { projection } of tables) await this.store.swap(projection);
    await this.place();
    return true;
  }

  private async place(): Promise<void> {
    const { reader, projections, batch, turn } = this.options;
    const tables: ProjectedTable[] = [];
    for (const projection of projections) tables.push(await ProjectedTable.open(this.store, projection));
    this.live = new Lane(
      this.store,
      reader,
      tables.filter(({ live }) => live),
      batch,
      turn.shared,
    );
    this.rebuilds = tables.filter(({ live }) => !live).map((table) => new Lane(this.store, reader, [table], batch));
  }

  private lanes(): Lane[] {
    return [...(this.live && this.live.tables.length > 0 ? [this.live] : []), ...this.rebuilds];
  }

  private count({ events, rows }: Step): void {
    this.counts.batches += rows > 0 ? 1 : 0;
    this.counts.events += events;
    this.counts.rows += rows;
  }

  private countsSoFar(): ProjectorCounts {
    return { statements: this.options.database.statements(), ...this.counts };
  }
}
