import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ReadDatabase } from './database/read-database.js';
import type { Projection, Row } from './projection.js';

const page = 1_000;

/**
 * SHA-256 over every row of every table, in one form whatever the database: tables by name, rows by id, each a line of JSON
 * with its cells in the order of the columns. The same log gives the same digest, however often its tables are made anew.
 */
export async function digestOf(database: ReadDatabase, projections: readonly Projection[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { name, table } of projections.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    const columns = Object.keys(table.columns);
    hash.update(`${JSON.stringify([name, columns])}\n`);
    for await (const row of rowsOf(database, name))
      hash.update(
        `${JSON.stringify(
          columns.map((column) => row[column] ?? null),
          plain,
        )}\n`,
      );
  }
  return hash.digest('hex');
}

async function* rowsOf(database: ReadDatabase, table: string): AsyncGenerator<Row> {
  for (let after = ''; ;) {
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)} where id > ${after} order by id limit ${page}`.execute(database.sql);
    yield* rows;
    if (rows.length < page) return;
    after = rows.at(-1)!.id;
  }
}

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
