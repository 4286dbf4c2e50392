import { PostgresDialect } from 'kysely';
import { StoreUnavailable } from '#event-store';
import { openPool, type PoolClient } from '#postgres';

export interface PostgresConnection {
  readonly url: string;
  /** `read` refuses every write on these connections. */
  readonly access: 'read' | 'write';
  /** Called for each statement that runs. */
  readonly counted: () => void;
}

/** A list that takes longer is given up: who asked has gone. */
const statementMs = 30_000;

/** PostgreSQL for kysely, and so for MikroORM. Where it does not answer, who asks is told `StoreUnavailable`. */
export class PostgresPool extends PostgresDialect {
  /** To be called before kysely ends: it forgets its pool at once, and whoever is being connected then would never be let go. */
  readonly end: () => Promise<void>;

  constructor({ url, access, counted }: PostgresConnection) {
    const options = { url, name: 'chatter read model', max: 8, statementMs, readOnly: access === 'read', counted };
    let pool: Pool | null = null;
    super({ pool: async () => (pool = tellingOfOutages(endingOnce(openPool(options)))) });
    this.end = async () => pool?.end();
  }
}

type Pool = ReturnType<typeof openPool>;

/** Whoever ends it second waits with the first. */
function endingOnce(pool: Pool): Pool {
  const end = pool.end.bind(pool);
  let ended: Promise<void> | null = null;
  pool.end = (() => (ended ??= end())) as Pool['end'];
  return pool;
}

function tellingOfOutages(pool: Pool): Pool {
  const connect = pool.connect.bind(pool) as () => Promise<PoolClient>;
  pool.connect = (() => connect().catch(throwUnderstood)) as Pool['connect'];
  pool.on('connect', (made) => {
    const query = made.query.bind(made) as (...all: never[]) => Promise<unknown>;
    made.query = ((...all: never[]) => query(...all).catch(throwUnderstood)) as PoolClient['query'];
  });
  return pool;
}

/** Of a connection; or by its SQLSTATE: of one, of too little of something, of an operator who intervenes, a statement that takes too long among them. */
const outages = /^(?:E(?!RR)[A-Z_]+|(?:08|53|57)\w{3})$/;
/** What the driver says without a code. */
const saidOfOutages = /timeout|terminated|not queryable/i;

function throwUnderstood(error: unknown): never {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  const isOutage = outages.test(String(code ?? '')) || saidOfOutages.test(message);
  throw isOutage ? new StoreUnavailable(`PostgreSQL does not answer: ${message}`) : error;
}
