import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';

/** What the rows with these ids are called; rows of others have no names here. */
export async function namesIn(
  { sql: database }: ReadDatabase,
  table: 'definitions' | 'templates',
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ readonly id: string; readonly name: string }>`
    select id, name from ${sql.table(table)} where tenant = ${tenant} and id in (${sql.join(ids)})`.execute(database);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
