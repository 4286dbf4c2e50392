import { setImmediate } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { describeOnPostgres, postgresDatabase } from '../../../test/support/postgres/index.js';
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
});
