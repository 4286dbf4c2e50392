import type pg from 'pg';
import { StoreUnavailable } from '#event-store';
import { openPool } from '#postgres';
import { bringUpToDate } from './schema.js';

const statementMs = 5_000;
const mostConnections = 8;

type Cell = string | number | null | Uint8Array | readonly string[] | readonly (string | number | null)[];

/** PostgreSQL, as the parts of a cluster ask it. Where it does not answer, they are told `StoreUnavailable`. */
export class SharedDatabase {
  private constructor(private readonly pool: pg.Pool) {}

  /** A connection of its own, for what must not wait for the others. */
  static alone(url: string, name: string, statementMs: number): SharedDatabase {
    return new SharedDatabase(openPool({ url, name, max: 1, statementMs }));
  }

  static async open(url: string): Promise<SharedDatabase> {
    const pool = openPool({ url, name: 'chatter cluster', max: mostConnections, statementMs });
    try {
      await bringUpToDate(pool, url);
      return new SharedDatabase(pool);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  async rows<R extends pg.QueryResultRow>(text: string, values: readonly Cell[] = []): Promise<R[]> {
    try {
      return (await this.pool.query<R>(text, values as unknown[])).rows;
    } catch (error) {
      throw new StoreUnavailable(`PostgreSQL does not answer: ${(error as Error).message}`);
    }
  }

  /** All of it, or nothing. */
  async transaction(work: (ask: SharedDatabase['rows']) => Promise<void>): Promise<void> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw new StoreUnavailable(`PostgreSQL does not answer: ${(error as Error).message}`);
    });
    const ask = async <R extends pg.QueryResultRow>(text: string, values: readonly Cell[] = []): Promise<R[]> =>
      (await client.query<R>(text, values as unknown[])).rows;
    try {
      await client.query('begin');
      await work(ask);
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(true); // whatever it was in the middle of ends with it
      throw new StoreUnavailable(`PostgreSQL does not answer: ${(error as Error).message}`);
    }
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
