import { PostgresDialect } from 'kysely';
import { openPool } from '#postgres';

export interface PostgresConnection {
  readonly url: string;
  /** `read` refuses every write on these connections. */
  readonly access: 'read' | 'write';
  /** Called for each statement that runs. */
  readonly counted: () => void;
}

/** A list that takes longer is given up: who asked has gone. */
const statementMs = 30_000;

/** PostgreSQL for kysely, and so for MikroORM. */
export class PostgresPool extends PostgresDialect {
  /** To be called before kysely ends: it forgets its pool at once, and whoever is being connected then would never be let go. */
  readonly end: () => Promise<void>;

  constructor({ url, access, counted }: PostgresConnection) {
    const options = { url, name: 'chatter read model', max: 8, statementMs, readOnly: access === 'read', counted };
    let pool: Pool | null = null;
    super({ pool: async () => (pool = endingOnce(openPool(options))) });
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
