import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadDatabaseAddress } from './read-database.js';

/** Takes away all that is listed: at the next start it is made anew from the log. Nobody may have the tables open. */
export async function dropTables(address: ReadDatabaseAddress): Promise<void> {
  if (address.kind === 'sqlite') {
    for (const end of ['', '-wal', '-shm']) await rm(join(address.dir, `read.db${end}`), { force: true });
    return;
  }
  const { openPool } = await import('#postgres');
  const pool = openPool({ url: address.url, name: 'chatter', max: 1, statementMs: 60_000 });
  try {
    const { rows } = await pool.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = current_schema()`,
    );
    for (const { name } of rows) await pool.query(`drop table ${name} cascade`);
  } finally {
    await pool.end();
  }
}
