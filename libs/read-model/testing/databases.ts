import { afterEach, describe } from '@jest/globals';
import { describeOnPostgres, postgresDatabase } from '../../../test/support/postgres/index.js';
import type { ReadDatabaseAddress } from '../database/read-database.js';
import { newFolder } from './folder.js';

/** What is true on every database. `fresh` gives an empty one. */
export function onEveryDatabase(suite: (fresh: () => Promise<ReadDatabaseAddress>) => void): void {
  describe('on SQLite', () => {
    const folders: ReturnType<typeof newFolder>[] = [];
    suite(async () => {
      const folder = newFolder();
      folders.push(folder);
      return { kind: 'sqlite', dir: folder.dir };
    });
    afterEach(() => {
      for (const folder of folders.splice(0)) folder.remove();
    });
  });
  describeOnPostgres('on PostgreSQL', () => suite(async () => ({ kind: 'postgres', url: await postgresDatabase() })));
}
