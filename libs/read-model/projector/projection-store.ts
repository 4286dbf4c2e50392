import { CompiledQuery, sql as statement, type Transaction } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { beside, createTable, type CheckpointRow, type ParkedRow, type ReadTables } from '../database/tables.js';
import type { Projection, Row } from '../projection.js';
import type { Rebuilding } from './projector-status.js';
import { upsert } from './upsert.js';

/** Where one version of a projection stands, and which table it fills. */
export interface Place {
  readonly table: string;
  /** Empty: at the beginning. */
  readonly position: string;
  readonly live: boolean;
  readonly parked: readonly string[];
}

/** What one batch changes for one projection. */
export interface Change {
  readonly projection: Projection;
  readonly table: string;
  readonly rows: readonly Row[];
  readonly parked: readonly ParkedRow[];
  /** Streams that are parked no more. */
  readonly cleared: readonly string[];
}

/** How far the tables that are read have come, whoever fills them. */
export interface Standing {
  /** Empty: one of them is at the beginning. */
  readonly position: string;
  readonly parked: number;
  readonly rebuilding: readonly Rebuilding[];
}

/** A newer version of the program fills this table: an older one does not undo it. */
export class OutdatedProjection extends Error {
  constructor({ name, version }: Projection, newer: number) {
    super(
      `The table ${name} is filled by version ${newer} of its projection; this program has version ${version}, and leaves it alone.`,
    );
  }
}

/** Another projector has been here: nothing of this batch was written. */
export class CheckpointMoved extends Error {
  constructor(projection: string) {
    super(`The checkpoint of ${projection} has moved on: another projector folds the same log.`);
  }
}

const MOST_IDS = 500;

/** The tables of the projections, as the projector writes them. */
export class ProjectionStore {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * 1. A version that is known goes on where it was.
   * 2. The first version ever fills the table itself.
   * 3. A newer version fills a table beside it, from the beginning. An older one is refused: while a new program takes the
   *    place of the old one, process by process, both are there.
   */
  async place(projection: Projection): Promise<Place> {
    const { name, version } = projection;
    const known = await this.checkpoints(name);
    const mine = known.find((row) => row.version === version);
    if (mine) {
      const parked = await this.parked(projection);
      return { table: mine.live ? name : beside(name), position: mine.position, live: mine.live === 1, parked };
    }
    const newest = Math.max(...known.map((row) => row.version));
    if (newest > version) throw new OutdatedProjection(projection, newest);
    const first = known.length === 0;
    await this.transaction(async (sql) => {
      if (!first) await this.makeBeside(sql, projection);
      const row: CheckpointRow = { projection: name, version, position: '', live: first ? 1 : 0 };
      await sql.insertInto('checkpoints').values(row).execute();
    });
    return { table: first ? name : beside(name), position: '', live: first, parked: [] };
  }

  async standing(projections: readonly Projection[]): Promise<Standing> {
    const names = projections.map(({ name }) => name);
    const checkpoints = await this.database.sql
      .selectFrom('checkpoints')
      .selectAll()
      .where('projection', 'in', names)
      .execute();
    const live = checkpoints.filter((row) => row.live === 1);
    const parked = await this.database.sql
      .selectFrom('parked')
      .select('stream')
      .where('projection', 'in', names)
      .execute();
    return {
      position: live.length < names.length ? '' : live.map(({ position }) => position).toSorted()[0]!,
      parked: parked.length,
      rebuilding: checkpoints
        .filter((row) => row.live === 0)
        .map(({ projection, position: reached }) => ({ projection, position: reached })),
    };
  }

  async rows(table: string, ids: readonly string[]): Promise<Row[]> {
    const rows: Row[] = [];
    for (let at = 0; at < ids.length; at += MOST_IDS) {
      const some = ids.slice(at, at + MOST_IDS);
      const found = await statement<Row>`select * from ${statement.table(table)} where id in (${statement.join(some)})`;
      rows.push(...(await found.execute(this.database.sql)).rows);
    }
    return rows;
  }

  /** Rows and checkpoints in one transaction: after a crash there is either all of a batch, or nothing. */
  async commit(position: string, changes: readonly Change[]): Promise<void> {
    await this.transaction(async (sql) => {
      for (const { projection, table, rows, parked, cleared } of changes) {
        await this.advance(sql, projection, position);
        for (const { text, values } of upsert(table, projection.table, rows, this.database.flavour)) {
          await sql.executeQuery(CompiledQuery.raw(text, values));
        }
        if (cleared.length > 0) await this.clear(sql, projection, cleared);
        if (parked.length > 0)
          await sql
            .insertInto('parked')
            .values([...parked])
            .execute();
      }
    });
  }

  /** The table that was built beside takes the old one's place, in one transaction. */
  async swap({ name, version }: Projection): Promise<void> {
    await this.transaction(async (sql) => {
      await sql.schema.dropTable(name).execute();
      await sql.schema.alterTable(beside(name)).renameTo(name).execute();
      await sql.deleteFrom('checkpoints').where('projection', '=', name).where('version', '!=', version).execute();
      await sql.deleteFrom('parked').where('projection', '=', name).where('version', '!=', version).execute();
      await sql.updateTable('checkpoints').set({ live: 1 }).where('projection', '=', name).execute();
    });
  }

  private async advance(sql: Transaction<ReadTables>, { name, version }: Projection, position: string): Promise<void> {
    const moved = await sql
      .updateTable('checkpoints')
      .set({ position })
      .where('projection', '=', name)
      .where('version', '=', version)
      .where('position', '<', position)
      .executeTakeFirst();
    if (moved.numUpdatedRows === 0n) throw new CheckpointMoved(name);
  }

  private async clear(sql: Transaction<ReadTables>, { name, version }: Projection, streams: readonly string[]) {
    await sql
      .deleteFrom('parked')
      .where('projection', '=', name)
      .where('version', '=', version)
      .where('stream', 'in', [...streams])
      .execute();
  }

  private async makeBeside(sql: Transaction<ReadTables>, { name, version, table }: Projection): Promise<void> {
    await sql.schema.dropTable(beside(name)).ifExists().execute();
    await sql.deleteFrom('checkpoints').where('projection', '=', name).where('live', '=', 0).execute();
    for (const text of createTable(name, version, beside(name), table, this.database.flavour)) {
      await sql.executeQuery(CompiledQuery.raw(text));
    }
  }

  private checkpoints(name: string): Promise<CheckpointRow[]> {
    return this.database.sql.selectFrom('checkpoints').selectAll().where('projection', '=', name).execute();
  }

  private async parked({ name, version }: Projection): Promise<string[]> {
    const rows = await this.database.sql
      .selectFrom('parked')
      .select('stream')
      .where('projection', '=', name)
      .where('version', '=', version)
      .execute();
    return rows.map(({ stream }) => stream);
  }

  private transaction(work: (sql: Transaction<ReadTables>) => Promise<void>): Promise<void> {
    return this.database.sql.transaction().execute(work);
  }
}
