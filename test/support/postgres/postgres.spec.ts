import { expect, it } from '@jest/globals';
import pg from 'pg';
import { describeOnPostgres, postgresDatabase, postgresServer } from './index.js';

describeOnPostgres('The PostgreSQL of the tests', () => {
  const ask = async (url: string, text: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };

  it('gives everybody a database of their own', async () => {
    const [one, two] = [await postgresDatabase(), await postgresDatabase()];
    await ask(one, 'create table t (n integer)');
    await expect(ask(two, 'select * from t')).rejects.toThrow('does not exist');
  });

  it('can be halted, and comes back with what was committed', async () => {
    const url = await postgresDatabase();
    await ask(url, 'create table t as select 7 as n');
    await postgresServer().halt();
    await expect(ask(url, 'select 1')).rejects.toThrow();
    await postgresServer().begin();
    expect(await ask(url, 'select n from t')).toEqual([{ n: 7 }]);
  });
});
