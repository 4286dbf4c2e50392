import { PostgresDialect } from 'kysely';
import pg from 'pg';

export interface PostgresConnection {
  /** `postgresql://user:password@host:port/database`; TLS by `sslmode` in it. */
  readonly url: string;
  /** `read` refuses every write on these connections. */
  readonly access: 'read' | 'write';
  /** Called for each statement that runs. */
  readonly counted: () => void;
}

const mostConnections = 8;
const connectMs = 5_000;
/** A list that takes longer is given up: who asked has gone. */
const statementMs = 30_000;

/** PostgreSQL by `pg`, for kysely and so for MikroORM: a small pool, numbers as SQLite gives them. */
export class PostgresPool extends PostgresDialect {
  constructor(connection: PostgresConnection) {
    super({ pool: async () => poolOf(connection) });
  }
}

function poolOf({ url, access, counted }: PostgresConnection): pg.Pool {
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
    max: mostConnections,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    application_name: 'chatter read model',
    types,
    ...(access === 'read' && { options: '-c default_transaction_read_only=on' }),
  });
  // A connection that is cut is replaced; whoever asks is told what is wrong.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A number where it is exact, a bigint beyond. */
const exactly = (text: string): number | bigint => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};
