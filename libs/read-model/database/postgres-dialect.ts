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
  constructor({ url, access, counted }: PostgresConnection) {
    const options = { url, name: 'chatter read model', max: 8, statementMs, readOnly: access === 'read', counted };
    super({ pool: async () => openPool(options) });
  }
}
