import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, sql } from 'kysely';
import { newFolder } from '../testing/folder.js';
import { openReadDatabase, type ReadDatabase } from './read-database.js';
import { SqliteReading } from './sqlite-reading.js';

let folder: ReturnType<typeof newFolder>;
let tables: ReadDatabase;
let lists: ReadDatabase;

beforeEach(async () => {
  folder = newFolder();
  const address = { kind: 'sqlite', dir: folder.dir } as const;
  tables = await openReadDatabase(address, 'write');
  lists = await openReadDatabase(address, 'read');
});
afterEach(async () => {
  await lists.close();
  await tables.close();
  folder.remove();
});

const park = (stream: string) =>
  tables.sql
    .insertInto('parked')
    .values({ projection: 'executions', version: 1, stream, reason: 'r', position: '1' })
    .execute();
const parked = async () =>
  (await lists.sql.selectFrom('parked').select('stream').orderBy('stream').execute()).map(({ stream }) => stream);
/** Counts to n, in SQLite. */
const countTo = (n: number) =>
  sql<{ n: number }>`with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${n})
    select max(n) as n from numbers`.execute(lists.sql);

describe('Reading on a thread of its own', () => {
  it('sees what was committed before it was asked', async () => {
    for (const stream of ['a', 'b', 'c']) {
      await park(stream);
      expect((await parked()).at(-1)).toBe(stream);
    }
  });

  it('gives integers as numbers while they are exact, and as bigints beyond', async () => {
    const { rows } = await sql`select 7 as small, ${2n ** 53n} as large, null as absent`.execute(lists.sql);
    expect(rows).toEqual([{ small: 7, large: 2n ** 53n, absent: null }]);
  });

  it('keeps nobody else waiting, however long it takes, and answers in the order in which it was asked', async () => {
    let turns = 0;
    const turn = () => void ((turns += 1), (timer = setImmediate(turn)));
    let timer = setImmediate(turn);
    const answered: unknown[] = [];
    const ask = async (n: number) => answered.push((await countTo(n)).rows[0]!.n);
    await Promise.all([ask(1_000_000), ask(10), ask(1_000)]);
    clearImmediate(timer);
    expect(answered).toEqual([1_000_000, 10, 1_000]);
    expect(turns).toBeGreaterThan(10);
  });

  it('says what was wrong with a question, and answers the next', async () => {
    await expect(sql`select 1 from nowhere`.execute(lists.sql)).rejects.toThrow('no such table: nowhere');
    expect(await parked()).toEqual([]);
  });

  it('writes nothing', async () => {
    await expect(lists.sql.deleteFrom('parked').execute()).rejects.toThrow('readonly');
    await expect(lists.sql.transaction().execute(async () => undefined)).rejects.toThrow('only read');
    await expect((async () => lists.sql.selectFrom('parked').selectAll().stream().next())()).rejects.toThrow(
      'only read',
    );
  });

  it('goes on with another thread, where one has died', async () => {
    const path = join(folder.dir, 'later', 'read.db');
    const later = new Kysely<never>({ dialect: new SqliteReading(path, () => undefined) });
    const asked = [sql`select 1`, sql`select 2`].map((each) => each.execute(later));
    for (const each of asked) await expect(each).rejects.toMatchObject({ code: 'store_unavailable' });
    mkdirSync(join(folder.dir, 'later'));
    expect((await sql`select 3 as n`.execute(later)).rows).toEqual([{ n: 3 }]);
    await later.destroy();
  });

  it('answers what was asked before it is closed, and nothing after', async () => {
    const asked = countTo(1_000_000);
    await new Promise((resolve) => setImmediate(resolve));
    const late = expect(countTo(2)).rejects.toMatchObject({ code: 'store_unavailable' });
    await lists.close();
    expect((await asked).rows).toEqual([{ n: 1_000_000 }]);
    await late;
    await expect(parked()).rejects.toThrow('destroyed');
  });
});
