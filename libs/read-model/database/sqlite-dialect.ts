import { SqliteDialect } from 'kysely';
import { connect, type SqliteFile } from './sqlite-connection.js';

/** A file for kysely, and so for MikroORM, on the thread of who asks. */
export class NodeSqliteFile extends SqliteDialect {
  constructor(file: SqliteFile, counted: () => void) {
    super({ database: async () => connect(file, counted) });
  }
}
