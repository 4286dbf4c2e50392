import { defineEntity, p } from '@mikro-orm/core';

/** What the monitor shows of where an execution stands. */
export type ListedStatus = 'running' | 'waiting' | 'cancelling' | 'failing' | 'completed' | 'failed' | 'cancelled';

/** One execution as it is listed, filtered and counted. */
export type ExecutionRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly status: ListedStatus;
  readonly workflow_type: string;
  readonly definition_id: string | null;
  readonly definition_version: number | null;
  readonly definition_name: string | null;
  readonly template_id: string | null;
  readonly conversation_id: string | null;
  readonly subject: string;
  /** JSON text: a list of strings. */
  readonly tags: string;
  /** RFC 3339, UTC, ms: text that sorts in the order of time. */
  readonly started_at: string;
  readonly completed_at: string | null;
  /** The execution's `execution_time_ms`; null until it has ended. */
  readonly duration_ms: number | null;
  readonly tokens: number;
  /** Nano-USD. */
  readonly cost_nano: number;
  readonly error_code: string | null;
  readonly error_message: string | null;
  /** What `text` looks into, in lower case. */
  readonly search: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const ExecutionEntity = defineEntity({
  name: 'Execution',
  tableName: 'executions',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    status: p.text(),
    workflow_type: p.text(),
    definition_id: p.text().nullable(),
    definition_version: p.integer().nullable(),
    definition_name: p.text().nullable(),
    template_id: p.text().nullable(),
    conversation_id: p.text().nullable(),
    subject: p.text(),
    tags: p.text(),
    started_at: p.text(),
    completed_at: p.text().nullable(),
    duration_ms: p.bigint('number').nullable(),
    tokens: p.bigint('number'),
    cost_nano: p.bigint('number'),
    error_code: p.text().nullable(),
    error_message: p.text().nullable(),
    search: p.text(),
    position: p.text(),
  },
});
