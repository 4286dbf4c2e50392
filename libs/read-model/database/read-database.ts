import { join } from 'node:path';
import { MikroORM, SqliteDriver, type AbstractSqlDriver, type Kysely, type Options } from '@mikro-orm/sql';
import { Migrator } from '@mikro-orm/migrations';
import { ExecutionCostsEntity } from '../analytics/execution-costs.entity.js';
import { ConversationEntity } from '../conversations/conversation.entity.js';
import { ApprovalsEntity } from '../approvals/approval.entity.js';
import { DefinitionEntity } from '../definitions/definition.entity.js';
import { DocumentEntity } from '../documents/document.entity.js';
import { ExecutionEntity } from '../executions/execution.entity.js';
import { ArchivedExecutionEntity } from '../archived/archived-execution.entity.js';
import { PluginEntity } from '../plugins/plugin.entity.js';
import { TemplateEntity } from '../templates/template.entity.js';
import { TimersEntity } from '../timers/timer.entity.js';
import { migrationsFor } from './migrations.js';
import { postgres, sqlite, type SqlFlavour } from './sql-flavour.js';
import { NodeSqliteFile } from './sqlite-dialect.js';
import { SqliteReading } from './sqlite-reading.js';
import { CheckpointEntity, migrationsTable, ParkedEntity, type ReadTables } from './tables.js';

/** Where the tables are. Plain data: it crosses to the projector's thread. */
export type ReadDatabaseAddress =
  /** In the file `read.db` of this folder, which must exist. */
  | { readonly kind: 'sqlite'; readonly dir: string }
  /** In a database of their own, shared by all processes. */
  | { readonly kind: 'postgres'; readonly url: string };

/** One connection (of PostgreSQL: a few) to the tables. Where a file is only read, that is on a thread of its own. Values are always bound: nothing a caller sends becomes SQL. */
export interface ReadDatabase {
  readonly orm: MikroORM;
  readonly sql: Kysely<ReadTables>;
  readonly flavour: SqlFlavour;
  /** SQL statements since it was opened. */
  statements(): number;
  close(): Promise<void>;
}

/** `write` brings the tables up to date first. */
export const openReadDatabase = async (
  address: ReadDatabaseAddress,
  access: 'read' | 'write',
): Promise<ReadDatabase> => {
  let statements = 0;
  const counted = () => void (statements += 1);
  const { flavour, end, ...connection }: Connection =
    address.kind === 'sqlite' ? sqliteAt(address.dir, access, counted) : await postgresAt(address.url, access, counted);
  const orm = await MikroORM.init<AbstractSqlDriver>({
    ...connection,
    entities: [
      ExecutionEntity,
      ExecutionCostsEntity,
      DefinitionEntity,
      ConversationEntity,
      ApprovalsEntity,
      TimersEntity,
      DocumentEntity,
      TemplateEntity,
      PluginEntity,
      ArchivedExecutionEntity,
      CheckpointEntity,
      ParkedEntity,
    ],
    extensions: [Migrator],
    migrations: { tableName: migrationsTable, migrationsList: migrationsFor(flavour), snapshot: false, silent: true },
  });
  if (access === 'write') await bringUpToDate(orm, address);
  return {
    orm,
    sql: orm.em.getKysely<ReadTables>(),
    flavour,
    statements: () => statements,
    close: async () => {
      await end?.();
      await orm.close();
    },
  };
};

interface Connection extends Pick<Options<AbstractSqlDriver>, 'driver' | 'dbName' | 'driverOptions'> {
  readonly flavour: SqlFlavour;
  /** Before the ORM is closed. */
  readonly end?: () => Promise<void>;
}

const sqliteAt = (dir: string, access: 'read' | 'write', counted: () => void): Connection => {
  const path = join(dir, 'read.db');
  const driverOptions =
    access === 'read' ? new SqliteReading(path, counted) : new NodeSqliteFile({ path, access }, counted);
  return { flavour: sqlite, driver: SqliteDriver, dbName: path, driverOptions };
};

/** Its driver is loaded only where it is asked for. */
const postgresAt = async (url: string, access: 'read' | 'write', counted: () => void): Promise<Connection> => {
  const [{ PostgreSqlDriver }, { PostgresPool }] = await Promise.all([
    import('@mikro-orm/postgresql'),
    import('./postgres-dialect.js'),
  ]);
  const driverOptions = new PostgresPool({ url, access, counted });
  return {
    flavour: postgres,
    driver: PostgreSqlDriver,
    dbName: new URL(url).pathname.slice(1),
    driverOptions,
    end: driverOptions.end,
  };
};

const bringUpToDate = async (orm: MikroORM, address: ReadDatabaseAddress): Promise<void> => {
  if (address.kind === 'sqlite') return void (await orm.migrator.up());
  const { holding } = await import('#postgres');
  await holding(address.url, 'chatter read model migrations', () => orm.migrator.up());
};
