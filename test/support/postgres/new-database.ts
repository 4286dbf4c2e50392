import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A new database on the server that the test command has started (CHATTER_TEST_POSTGRES: its address). */
export async function newDatabase(): Promise<string> {
  const address = process.env['CHATTER_TEST_POSTGRES'];
  if (!address) throw new Error('CHATTER_TEST_POSTGRES is not set: `npm test` starts PostgreSQL, and sets it.');
  const name = `e2e_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return address.replace(/[^/]+$/, name);
}
