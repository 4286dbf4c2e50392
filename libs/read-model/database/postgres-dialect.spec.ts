import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { describeOnPostgres, postgresDatabase, postgresServer } from '../../../test/support/postgres/index.js';
import { openReadDatabase } from './read-database.js';

describeOnPostgres('Tables in PostgreSQL', () => {
  it('are closed once whoever was being connected has been let go', async () => {
    const url = await postgresDatabase();
    for (let turns = 0; turns < 40; turns += 1) {
      const database = await openReadDatabase({ kind: 'postgres', url }, 'read');
      const asked = sql`select 1`.execute(database.sql).then(
        () => 'answered',
        () => 'refused',
      );
      for (let turn = 0; turn < turns; turn += 1) await setImmediate();
      await database.close();
      expect(['answered', 'refused']).toContain(await asked);
    }
  });

  it('tell whoever asks that the server is away, and go on when it is back', async () => {
    const lists = await openReadDatabase({ kind: 'postgres', url: await postgresDatabase() }, 'read');
    const ask = () => sql`select 1 as n`.execute(lists.sql).then(({ rows }) => rows);
    const away = { code: 'store_unavailable', message: expect.stringContaining('PostgreSQL does not answer') };
    expect(await ask()).toEqual([{ n: 1 }]);
    const long = expect(sql`select pg_sleep(60)`.execute(lists.sql)).rejects.toMatchObject(away);
    await setTimeout(200);
    await postgresServer().halt();
    await long;
    await expect(ask()).rejects.toMatchObject(away);
    await postgresServer().begin();
    expect(await ask()).toEqual([{ n: 1 }]);
    await expect(sql`select 1 from nowhere`.execute(lists.sql)).rejects.toMatchObject({ code: '42P01' });
    await lists.close();
  });
});
