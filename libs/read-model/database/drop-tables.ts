import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadDatabaseAddress } from './read-database.js';

/** Takes away all that is listed: at the next start it is made anew from the log. Nobody may have the tables open. */
export async function dropTables(address: ReadDatabaseAddress): Promise<void> {
  if (address.kind === 'sqlite') {
    for (const end of ['', '-wal', '-shm']) await rm(join(address.dir, `read.db${end}`), { force: true });
    return;
  }
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: address.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = current_schema()`,
    );
    for (const { name } of rows) await client.query(`drop table ${name} cascade`);
  } finally {
    await client.end();
  }
}
