import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projections } from '../projections.js';
import type { ReadDatabaseAddress } from './read-database.js';
import { beside, migrationsTable } from './tables.js';

/** Takes away all that is listed, and nothing else: at the next start it is made anew from the log. Nobody may have the tables open. */
export async function dropTables(address: ReadDatabaseAddress): Promise<void> {
  if (address.kind === 'sqlite') {
    for (const end of ['', '-wal', '-shm']) await rm(join(address.dir, `read.db${end}`), { force: true });
    return;
  }
  const { openPool } = await import('#postgres');
  const pool = openPool({ url: address.url, name: 'chatter', max: 1, statementMs: 60_000 });
  try {
    const { rows: known } = await pool.query<{ there: boolean }>(
      `select to_regclass('checkpoints') is not null as there`,
    );
    const filled = known[0]!.there
      ? (await pool.query<{ projection: string }>('select distinct projection from checkpoints')).rows
      : []; // by an older version, too
    const listed = [...projections.map(({ name }) => name), ...filled.map(({ projection }) => projection)];
    const names = [...listed, ...listed.map(beside), 'checkpoints', 'parked', migrationsTable];
    const { rows } = await pool.query<{ name: string }>(
      'select quote_ident(tablename) as name from pg_tables where schemaname = current_schema() and tablename = any($1)',
      [names],
    );
    for (const { name } of rows) await pool.query(`drop table ${name} cascade`);
  } finally {
    await pool.end();
  }
}
