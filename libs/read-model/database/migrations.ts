import { Migration } from '@mikro-orm/migrations';
import type { SqlFlavour } from './sql-flavour.js';

/**
 * The tables as they came, one step after the other: never edit one. A column that comes later gets a step of its own, which
 * adds it empty to the live table: queries work at once, and the new version of its projection fills it.
 */
const steps: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  {
    name: '001-first-tables',
    statements: [
      `create table checkpoints (projection text not null, version integer not null, position text not null,
    live integer not null, primary key (projection, version))`,
      `create table parked (projection text not null, version integer not null, stream text not null,
    reason text not null, position text not null, primary key (projection, version, stream))`,
      `create table executions (id text not null primary key, tenant text not null, status text not null,
    workflow_type text not null, definition_id text null, definition_version integer null, definition_name text null,
    template_id text null, conversation_id text null, subject text not null, tags text not null,
    started_at text not null, completed_at text null, duration_ms bigint null, tokens bigint not null,
    cost_nano bigint not null, error_code text null, error_message text null, search text not null,
    position text not null)`,
      'create index executions_v1_started on executions (tenant, started_at, id)',
      'create index executions_v1_definition on executions (definition_id, started_at, id) where definition_id is not null',
      `create index executions_v1_conversation on executions (conversation_id, started_at, id)
    where conversation_id is not null`,
      `create table definitions (id text not null primary key, tenant text not null, name text not null,
    description text null, tags text not null, is_public integer not null, owner_id text not null,
    version integer not null, created_at text not null, updated_at text not null, active integer not null,
    deleted integer not null, graph_digest text not null, node_count integer not null, search text not null,
    position text not null)`,
      'create index definitions_v1_updated on definitions (tenant, updated_at, id)',
    ],
  },
  {
    name: '002-conversations',
    statements: [
      `create table conversations (id text not null primary key, tenant text not null, owner_id text not null,
    title text null, message_count integer not null, unanswered integer not null, created_at text not null,
    updated_at text not null, deleted integer not null, search text not null, position text not null)`,
      'create index conversations_v1_updated on conversations (tenant, owner_id, updated_at, id)',
      'create index conversations_v1_unanswered on conversations (updated_at, id) where unanswered > 0',
    ],
  },
  {
    name: '003-approvals',
    statements: [
      `create table approvals (id text not null primary key, tenant text not null, items text not null,
    pending integer not null, position text not null)`,
      'create index approvals_v1_pending on approvals (tenant, pending)',
    ],
  },
  {
    name: '004-documents',
    statements: [
      `create table documents (id text not null primary key, tenant text not null, title text not null,
    source text null, collection text not null, mime text not null, characters integer not null,
    owner_id text not null, created_at text not null, deleted integer not null, search text not null,
    position text not null)`,
      'create index documents_v1_created on documents (tenant, created_at, id)',
    ],
  },
  {
    name: '005-templates',
    statements: [
      `create table templates (id text not null primary key, tenant text not null, name text not null,
    description text null, category text null, tags text not null, is_public integer not null,
    owner_id text not null, version integer not null, node_count integer not null, parameter_count integer not null,
    created_at text not null, updated_at text not null, deleted integer not null, search text not null,
    position text not null)`,
      'create index templates_v1_updated on templates (tenant, updated_at, id)',
    ],
  },
  {
    name: '006-archived-executions',
    statements: [
      `create table archived_executions (id text not null primary key, tenant text not null, file text not null,
    file_sha256 text not null, head text not null, events integer not null, archived_at text not null,
    position text not null)`,
    ],
  },
  {
    name: '007-execution-costs',
    statements: [
      `create table execution_costs (id text not null primary key, tenant text not null, outcome text not null,
    definition_id text null, template_id text null, started_at text not null, duration_ms bigint null,
    prompt_tokens bigint not null, completion_tokens bigint not null, cost_nano bigint not null,
    own_tokens bigint not null, own_cost_nano bigint not null, nodes text not null, models text not null,
    open text not null, position text not null)`,
      'create index execution_costs_v1_started on execution_costs (tenant, started_at, id)',
      `create index execution_costs_v1_definition on execution_costs (definition_id, started_at, id)
    where definition_id is not null`,
      `create index execution_costs_v1_template on execution_costs (template_id, started_at, id)
    where template_id is not null`,
    ],
  },
  {
    name: '008-timers',
    statements: [
      `create table timers (id text not null primary key, tenant text not null, items text not null,
    next_due text null, position text not null)`,
      'create index timers_v1_due on timers (tenant, next_due) where next_due is not null',
    ],
  },
  {
    name: '009-plugins',
    statements: [
      `create table plugins (id text not null primary key, name text not null, version text not null,
    source text not null, node_types text not null, tools text not null, permissions text null, status text not null,
    first_installed_at text not null, installed_at text not null, removed_at text null, search text not null,
    position text not null)`,
      'create index plugins_v1_name on plugins (name, id)',
    ],
  },
  {
    name: '010-indexes-that-only-rebuilt-tables-had',
    statements: [
      `create index if not exists executions_v5_template on executions (template_id, started_at, id)
    where template_id is not null`,
      'create index if not exists definitions_v2_live on definitions (active, id)',
    ],
  },
];

/** In order; their names are recorded in every database. */
export const migrationsFor = (flavour: SqlFlavour) =>
  steps.map(({ name, statements }) => ({
    name,
    class: class extends Migration {
      override up(): void {
        for (const statement of statements) this.addSql(flavour.ddl(statement));
      }
    },
  }));
