import { join } from 'node:path';
import { MikroORM, SqliteDriver, type Kysely } from '@mikro-orm/sql';
import { Migrator } from '@mikro-orm/migrations';
import { ConversationEntity } from '../conversations/conversation.entity.js';
import { ApprovalsEntity } from '../approvals/approval.entity.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { DocumentEntity } from '../documents/document.entity.js';
import { ExecutionEntity } from '../executions/execution.entity.js';
import { TemplateEntity } from '../templates/template.entity.js';
import { migrations } from './migrations.js';
import { NodeSqliteFile, sqlite, type SqlFlavour } from './sqlite-dialect.js';
import { CheckpointEntity, ParkedEntity, type ReadTables } from './tables.js';

/** One connection to the tables. Values are always bound: nothing a caller sends becomes SQL. */
export interface ReadDatabase {
  readonly orm: MikroORM;
  readonly sql: Kysely<ReadTables>;
  readonly flavour: SqlFlavour;
  /** SQL statements since it was opened. */
  statements(): number;
  close(): Promise<void>;
}

export interface ReadDatabaseOptions {
  /** The folder of `read.db`. */
  readonly dir: string;
  /** `write` brings the tables up to date first. */
  readonly access: 'read' | 'write';
}

export const openReadDatabase = async ({ dir, access }: ReadDatabaseOptions): Promise<ReadDatabase> => {
  const path = join(dir, 'read.db');
  let statements = 0;
  const orm = await MikroORM.init({
    driver: SqliteDriver,
    dbName: path,
    driverOptions: new NodeSqliteFile({ path, access, counted: () => (statements += 1) }),
    entities: [
      ExecutionEntity,
      DefinitionEntity,
      ConversationEntity,
      ApprovalsEntity,
      DocumentEntity,
      TemplateEntity,
      CheckpointEntity,
      ParkedEntity,
    ],
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, silent: true },
  });
  if (access === 'write') await orm.migrator.up();
  return {
    orm,
    sql: orm.em.getKysely<ReadTables>(),
    flavour: sqlite,
    statements: () => statements,
    close: () => orm.close(),
  };
};
