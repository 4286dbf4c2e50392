import { expect, it } from '@jest/globals';
import { describeOnPostgres, postgresDatabase } from '../../test/support/postgres/index.js';
import { openPool } from '#postgres';
import { dropTables } from './database/drop-tables.js';
import type { ReadDatabaseAddress } from './database/read-database.js';
import { ReadModel } from './read-model.js';
import { acceptance, failure, metrics, publication } from './testing/facts.js';
import { newFolder } from './testing/folder.js';
import { MemoryLog } from './testing/memory-log.js';

/** Many streams, interleaved, with texts that databases are wont to trip over. */
function longLog(): MemoryLog {
  const log = new MemoryLog();
  const names = ['Ä', 'z', 'é', "O'Brien", '"', '\\', '日本', '\u{1f600}', 'a\u0000b', 'ZZ', 'Z'];
  for (let n = 0; n < 2_500; n += 1) {
    const name = `${names[n % names.length]} ${n}`;
    log.record(`execution-e${n}`, 'ExecutionAccepted', acceptance({ definition_name: name, tags: [name] }));
    if (n % 3 === 0) log.record(`execution-e${n - 2 < 0 ? n : n - 2}`, 'ExecutionCompleted', { output: n, metrics });
    if (n % 7 === 0) log.record(`execution-e${n}`, 'ExecutionFailed', failure);
    if (n % 50 === 0) log.record(`definition-d${n}`, 'DefinitionPublished', publication({ name }));
    if (n % 40 === 0) {
      log.record(`conversation-c${n}`, 'ConversationStarted', { owner: 'usr_ada' });
      log.record(`conversation-c${n}`, 'MessageReceived', { message: name });
    }
  }
  return log;
}

async function digestAt(database: ReadDatabaseAddress, log: MemoryLog): Promise<string> {
  const model = await ReadModel.open({ database, reader: log, projector: 'inline', lingerMs: 0 });
  expect(await model.waitFor((await log.head())!, 30_000)).toBe(true);
  const digest = await model.digest();
  await model.close();
  return digest;
}

describeOnPostgres('The tables of one log', () => {
  it('are the same whenever they are made anew, and on every database', async () => {
    const log = longLog();
    const folder = newFolder();
    const sqlite = { kind: 'sqlite', dir: folder.dir } as const;
    const postgres = { kind: 'postgres', url: await postgresDatabase() } as const;
    const digests: string[] = [];
    for (const address of [sqlite, postgres]) {
      digests.push(await digestAt(address, log));
      await dropTables(address);
      digests.push(await digestAt(address, log));
    }
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    log.record('execution-more', 'ExecutionAccepted', acceptance());
    expect(await digestAt(sqlite, log)).not.toBe(digests[0]);
    folder.remove();
  });

  it('are all that is dropped of a database', async () => {
    const url = await postgresDatabase();
    await digestAt({ kind: 'postgres', url }, longLog());
    const pool = openPool({ url, name: 'test', max: 1, statementMs: 5_000 });
    await pool.query('create table executions_of_somebody_else (x integer)');
    await dropTables({ kind: 'postgres', url });
    const { rows } = await pool.query('select tablename from pg_tables where schemaname = current_schema()');
    expect(rows).toEqual([{ tablename: 'executions_of_somebody_else' }]);
    await pool.end();
  });
});
