import { defineEntity, p } from '@mikro-orm/core';
import type { ExecutionCostsRow } from '../analytics/execution-costs.entity.js';
import type { ArchivedExecutionRow } from '../archived/archived-execution.entity.js';
import type { ConversationRow } from '../conversations/conversation.entity.js';
import type { ApprovalsRow } from '../approvals/approval.entity.js';
import type { DefinitionRow } from '../definitions/definition.entity.js';
import type { DocumentRow } from '../documents/document.entity.js';
import type { ExecutionRow } from '../executions/execution.entity.js';
import type { PluginRow } from '../plugins/plugin.entity.js';
import type { TemplateRow } from '../templates/template.entity.js';
import type { TimersRow } from '../timers/timer.entity.js';
import type { TableShape } from '../projection.js';
import type { SqlFlavour } from './sql-flavour.js';

/** How far a projection has got. The live one fills the table that is read; another version is being built beside it. */
export type CheckpointRow = {
  readonly projection: string;
  readonly version: number;
  /** Empty: at the beginning. */
  readonly position: string;
  readonly live: 0 | 1;
};

/** A stream that a projection could not fold; its row stays as it was before that event. */
export type ParkedRow = {
  readonly projection: string;
  readonly version: number;
  readonly stream: string;
  readonly reason: string;
  /** Of the event that could not be folded. */
  readonly position: string;
};

/** The tables of `read.db`, as queries see them. */
export interface ReadTables {
  executions: ExecutionRow;
  execution_costs: ExecutionCostsRow;
  definitions: DefinitionRow;
  conversations: ConversationRow;
  approvals: ApprovalsRow;
  timers: TimersRow;
  documents: DocumentRow;
  templates: TemplateRow;
  plugins: PluginRow;
  archived_executions: ArchivedExecutionRow;
  checkpoints: CheckpointRow;
  parked: ParkedRow;
}

export const CheckpointEntity = defineEntity({
  name: 'Checkpoint',
  tableName: 'checkpoints',
  properties: {
    projection: p.text().primary(),
    version: p.integer().primary(),
    position: p.text(),
    live: p.integer(),
  },
});

export const ParkedEntity = defineEntity({
  name: 'Parked',
  tableName: 'parked',
  properties: {
    projection: p.text().primary(),
    version: p.integer().primary(),
    stream: p.text().primary(),
    reason: p.text(),
    position: p.text(),
  },
});

/** Where another version of a table is built. */
export const beside = (name: string): string => `${name}_next`;

/** Which migrations have run. */
export const migrationsTable = 'mikro_orm_migrations';

/**
 * What creates the table of a projection. Index names carry the version, because a table that is built beside the
 * old one keeps its indexes when it takes the old one's name.
 */
export const createTable = (
  name: string,
  version: number,
  table: string,
  shape: TableShape,
  flavour: SqlFlavour,
): string[] => [
  flavour.ddl(
    `create table ${table} (${Object.entries(shape.columns)
      .map(([column, type]) => `${column} ${type}`)
      .join(', ')})`,
  ),
  ...Object.entries(shape.indexes).map(([index, on]) => `create index ${name}_v${version}_${index} on ${table} ${on}`),
];
