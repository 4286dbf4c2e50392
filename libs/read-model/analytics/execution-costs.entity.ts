import { defineEntity, p } from '@mikro-orm/core';

/** What one execution took, as a whole, by node and by model. */
export type ExecutionCostsRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly outcome: 'open' | 'completed' | 'failed' | 'cancelled';
  readonly definition_id: string | null;
  readonly template_id: string | null;
  /** RFC 3339, UTC, ms: its first ten letters are the day. */
  readonly started_at: string;
  /** Null until it has ended. */
  readonly duration_ms: number | null;
  /** What its steps have used so far, executions that they started included: once it has ended, its totals. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Nano-USD. */
  readonly cost_nano: number;
  /** The same without what other executions used that its steps started: over all executions, each call counts once. */
  readonly own_tokens: number;
  readonly own_cost_nano: number;
  /** JSON text: a list of `NodeTally`, without what is nought. */
  readonly nodes: string;
  /** JSON text: a list of `ModelTally`. */
  readonly models: string;
  /** JSON text: a list of `OpenStep`; empty once it has ended. */
  readonly open: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const ExecutionCostsEntity = defineEntity({
  name: 'ExecutionCosts',
  tableName: 'execution_costs',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    outcome: p.text(),
    definition_id: p.text().nullable(),
    template_id: p.text().nullable(),
    started_at: p.text(),
    duration_ms: p.bigint('number').nullable(),
    prompt_tokens: p.bigint('number'),
    completion_tokens: p.bigint('number'),
    cost_nano: p.bigint('number'),
    own_tokens: p.bigint('number'),
    own_cost_nano: p.bigint('number'),
    nodes: p.text(),
    models: p.text(),
    open: p.text(),
    position: p.text(),
  },
});
