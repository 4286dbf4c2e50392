import pg from 'pg';

export interface PoolOptions {
  /** `postgresql://user:password@host:port/database`; TLS by `sslmode` in it. */
  readonly url: string;
  /** What the connections are called in the server's own lists. */
  readonly name: string;
  readonly max: number;
  /** A statement that takes longer is given up, ms. */
  readonly statementMs: number;
  /** Every write is refused. */
  readonly readOnly?: boolean;
  /** Called for each statement that runs. */
  readonly counted?: () => void;
}

const connectMs = 10_000;

/** A server that does not even say that a statement took too long is not waited for any longer. */
const graceMs = 1_000;

/** A small pool of connections. One that is cut is replaced, and whoever asks next is told what is wrong; numbers are numbers where they are exact. */
export function openPool({
  url,
  name,
  max,
  statementMs,
  readOnly = false,
  counted = () => undefined,
}: PoolOptions): pg.Pool {
  class CountedClient extends pg.Client {
    override query(...args: never[]): never {
      counted();
      return (super.query as (...all: never[]) => never)(...args);
    }
  }
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, exactly);
  const pool = new pg.Pool({
    Client: CountedClient as never,
    connectionString: url,
    max,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + graceMs,
    application_name: name,
    keepAlive: true,
    types,
    ...(readOnly && { options: '-c default_transaction_read_only=on' }),
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A number where it is exact, a bigint beyond. */
const exactly = (text: string): number | bigint => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};
