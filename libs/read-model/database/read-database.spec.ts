import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { projections } from '../projections.js';
import { newFolder } from '../testing/folder.js';
import { openReadDatabase, type ReadDatabase } from './read-database.js';
import { createTable } from './tables.js';

let folder: ReturnType<typeof newFolder>;
let database: ReadDatabase;

beforeEach(async () => {
  folder = newFolder();
  database = await openReadDatabase({ kind: 'sqlite', dir: folder.dir }, 'write');
});
afterEach(async () => {
  await database.close();
  folder.remove();
});

describe('the tables', () => {
  it('are what the entities say once every migration has run', async () => {
    const { up } = await database.orm.schema.getUpdateSchemaMigrationSQL({ dropTables: false });
    const columns = up.split('\n').filter((line) => !line.startsWith('drop index') && line !== '');
    expect(columns).toEqual([]);
  });

  it.each(projections.map((projection) => [projection.name, projection] as const))(
    'of %s are the same whether migrated or built beside',
    async (name, { table }) => {
      for (const text of createTable(name, 99, 'beside', table, database.flavour))
        await sql.raw(text).execute(database.sql);
      const columnsOf = async (of: string) =>
        (await sql.raw<Record<string, unknown>>(`pragma table_info(${of})`).execute(database.sql)).rows;
      expect(await columnsOf('beside')).toEqual(await columnsOf(name));
      const indexesOf = async (of: string) =>
        (
          await sql<{
            text: string;
          }>`select sql as text from sqlite_master where tbl_name = ${of} and sql like 'create index%'`.execute(
            database.sql,
          )
        ).rows
          .map(({ text }) => text.slice(text.indexOf('(')).replace(/\s+/g, ' '))
          .sort();
      expect(await indexesOf('beside')).toEqual(await indexesOf(name));
    },
  );

  it('are migrated once', async () => {
    const again = await openReadDatabase({ kind: 'sqlite', dir: folder.dir }, 'write');
    expect(await again.orm.migrator.getPending()).toEqual([]);
    await again.close();
  });
});

describe('a connection', () => {
  it('writes ahead, and leaves it to the log to be safe from power cuts', async () => {
    const { rows: mode } = await sql`pragma journal_mode`.execute(database.sql);
    const { rows: synchronous } = await sql`pragma synchronous`.execute(database.sql);
    expect([mode, synchronous]).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: 1 }]]);
  });

  it('gives integers as numbers while they are exact, and as bigints beyond', async () => {
    const { rows } = await sql`select 7 as small, ${2n ** 53n} as large, null as absent`.execute(database.sql);
    expect(rows).toEqual([{ small: 7, large: 2n ** 53n, absent: null }]);
  });

  it('counts its statements, and streams rows', async () => {
    const before = database.statements();
    const ids: unknown[] = [];
    for await (const row of database.sql.selectFrom('checkpoints').selectAll().stream()) ids.push(row);
    expect([ids, database.statements() - before]).toEqual([[], 1]);
  });

  it('prepares ever new statements without keeping them all', async () => {
    for (let n = 0; n < 250; n += 1) await sql.raw(`select ${n} as n`).execute(database.sql);
    const { rows } = await sql.raw('select 1 as n').execute(database.sql);
    expect(rows).toEqual([{ n: 1 }]);
  });
});
