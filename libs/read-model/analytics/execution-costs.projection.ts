import type { EventOf, ExecutionMetrics, Follows } from '#engine';
import type { AttemptUsage } from '#plugin-sdk';
import type { Projection, Recorded } from '../projection.js';
import type { ExecutionCostsRow } from './execution-costs.entity.js';
import { Tally } from './tally.js';

/** All that says when a step was, and what it used. */
export type CostEvent = EventOf<
  | 'ExecutionAccepted'
  | 'StepStarted'
  | 'StepCompleted'
  | 'StepFailed'
  | 'StepAbandoned'
  | 'StepUncertain'
  | 'StepCancelled'
  | 'IterationStarted'
  | 'TimerSet'
  | 'WaitStarted'
  | 'ApprovalRequested'
  | 'ChildStarted'
  | 'StepCalled'
  | 'CompensationStarted'
  | 'CompensationCompleted'
  | 'CompensationFailed'
  | 'ExecutionCompleted'
  | 'ExecutionFailed'
  | 'ExecutionCancelled'
>;

/**
 * One row for each execution: what it took, by node and by model. Bounded by its nodes, not by its steps.
 *
 * 1. A step's time is from its start to its end: a step with effects starts when it is first tried, a wait when it begins
 *    to wait, any other when it is scheduled.
 * 2. What was recalled from the execution that this one retries did not run here, and counts for nothing.
 * 3. What a called step uses is its caller's; its time is within that of its caller.
 * 4. What an execution used that a step started is part of this one's totals, and none of its own use.
 * 5. An execution that has ended does not change again; its totals are those of its last event.
 */
export const executionCosts: Projection<CostEvent, ExecutionCostsRow> = {
  name: 'execution_costs',
  version: 1,
  categories: ['execution'],
  handles: [
    'ExecutionAccepted',
    'StepStarted',
    'StepCompleted',
    'StepFailed',
    'StepAbandoned',
    'StepUncertain',
    'StepCancelled',
    'IterationStarted',
    'TimerSet',
    'WaitStarted',
    'ApprovalRequested',
    'ChildStarted',
    'StepCalled',
    'CompensationStarted',
    'CompensationCompleted',
    'CompensationFailed',
    'ExecutionCompleted',
    'ExecutionFailed',
    'ExecutionCancelled',
  ],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      outcome: 'text not null',
      definition_id: 'text null',
      template_id: 'text null',
      started_at: 'text not null',
      duration_ms: 'bigint null',
      prompt_tokens: 'bigint not null',
      completion_tokens: 'bigint not null',
      cost_nano: 'bigint not null',
      own_tokens: 'bigint not null',
      own_cost_nano: 'bigint not null',
      nodes: 'text not null',
      models: 'text not null',
      open: 'text not null',
      position: 'text not null',
    },
    indexes: {
      started: '(tenant, started_at, id)',
      definition: '(definition_id, started_at, id) where definition_id is not null',
      template: '(template_id, started_at, id) where template_id is not null',
    },
  },

  evolve(row, recorded) {
    const { event, position } = recorded;
    if (event.type === 'ExecutionAccepted') return accepted(event.data, recorded);
    if (!row) throw new Error(`The stream of execution ${recorded.id} does not begin with ExecutionAccepted.`);
    if (row.outcome !== 'open') return row; // rule 5
    switch (event.type) {
      case 'ExecutionCompleted':
        return ended(row, 'completed', event.data.metrics, position);
      case 'ExecutionFailed':
        return ended(row, 'failed', event.data.metrics, position);
      case 'ExecutionCancelled':
        return ended(row, 'cancelled', event.data.metrics, position);
      default:
        return counted(row, event, recorded);
    }
  },
};

type StepEvent = Exclude<
  CostEvent,
  EventOf<'ExecutionAccepted' | 'ExecutionCompleted' | 'ExecutionFailed' | 'ExecutionCancelled'>
>;

function accepted(data: EventOf<'ExecutionAccepted'>['data'], { id, tenant, at, position }: Recorded) {
  const tally = Tally.of({ nodes: '[]', models: '[]', open: '[]' });
  follow(tally, data, at);
  return {
    id,
    tenant,
    outcome: 'open' as const,
    definition_id: data.definition_id,
    template_id: data.template_id,
    started_at: at,
    duration_ms: null,
    prompt_tokens: 0,
    completion_tokens: 0,
    cost_nano: 0,
    own_tokens: 0,
    own_cost_nano: 0,
    ...tally.texts(),
    position,
  };
}

const ended = (
  row: ExecutionCostsRow,
  outcome: ExecutionCostsRow['outcome'],
  { execution_time_ms, prompt_tokens, completion_tokens, cost_nano_usd }: ExecutionMetrics,
  position: string,
): ExecutionCostsRow => ({
  ...row,
  outcome,
  duration_ms: execution_time_ms,
  prompt_tokens,
  completion_tokens,
  cost_nano: cost_nano_usd,
  open: '[]',
  position,
});

function counted(row: ExecutionCostsRow, event: StepEvent, { at, position }: Recorded): ExecutionCostsRow {
  const tally = takenFrom(row);
  const usage = count(tally, event, at);
  const next = { ...row, ...(usage && withUsage(row, usage)), ...tally.texts(), position };
  tallies.set(next, tally);
  return next;
}

/** What the newest rows are the texts of, so that not every event has them read again. */
const tallies = new WeakMap<ExecutionCostsRow, Tally>();

/** It counts on, and belongs to the row that comes next; who comes back to this row reads its texts. */
function takenFrom(row: ExecutionCostsRow): Tally {
  const known = tallies.get(row);
  tallies.delete(row);
  return known ?? Tally.of(row);
}

/** What a step used, and whether it was another execution that did. */
interface Counted {
  readonly usage: AttemptUsage;
  readonly elsewhere: boolean;
}

const withUsage = (row: ExecutionCostsRow, { usage, elsewhere }: Counted) => ({
  prompt_tokens: row.prompt_tokens + usage.prompt_tokens,
  completion_tokens: row.completion_tokens + usage.completion_tokens,
  cost_nano: row.cost_nano + usage.cost_nano_usd,
  ...(!elsewhere && {
    own_tokens: row.own_tokens + usage.prompt_tokens + usage.completion_tokens,
    own_cost_nano: row.own_cost_nano + usage.cost_nano_usd, // rule 4
  }),
});

function count(tally: Tally, { type, data }: StepEvent, at: string): Counted | null {
  switch (type) {
    case 'StepStarted':
      if (!tally.step(data.path)?.begun) tally.change(data.path, { at, begun: true });
      return null;
    case 'TimerSet':
    case 'WaitStarted':
    case 'ApprovalRequested':
      return begins(tally, data.path, at);
    case 'ChildStarted':
      tally.change(data.path, { at, begun: true, child: true });
      return null;
    case 'IterationStarted':
      return iterationStarted(tally, data, at);
    case 'StepCalled':
      tally.change(data.by, { begun: true });
      tally.opens({ path: data.path, node_id: nodeOf(tally, data.by), at, called: true });
      return null;
    case 'CompensationStarted':
      tally.opens({ path: data.path, node_id: data.node_id, at });
      return null;
    case 'StepFailed':
      tally.node(nodeOf(tally, data.path)).failed_attempts += 1;
      return used(tally, data.path, data.metrics);
    case 'StepUncertain':
      tally.node(nodeOf(tally, data.path)).failed_attempts += 1;
      return null;
    case 'StepCompleted':
      return settled(tally, data, at, data.failure !== undefined);
    case 'StepAbandoned':
      return settled(tally, data, at, true);
    case 'CompensationCompleted':
      return settled(tally, data, at, false);
    case 'CompensationFailed':
      return settled(tally, { path: data.path }, at, true);
    case 'StepCancelled':
      tally.closes((path) => path === data.path);
      return null;
  }
}

interface Settling extends Follows {
  readonly path: string;
  readonly metrics?: AttemptUsage;
  readonly recalled?: true;
}

function settled(tally: Tally, data: Settling, at: string, failed: boolean): Counted | null {
  const { path } = data;
  const step = tally.step(path);
  const usage = data.recalled ? null : used(tally, path, data.metrics); // rule 2
  if (!data.recalled && !step?.called) {
    const node = tally.node(nodeOf(tally, path));
    node.runs += 1;
    node.failures += failed ? 1 : 0;
    node.ms += step ? Math.max(0, Date.parse(at) - Date.parse(step.at)) : 0;
  }
  tally.closes((open) => open === path);
  follow(tally, data, at);
  return usage;
}

function used(tally: Tally, path: string, usage: AttemptUsage | undefined): Counted | null {
  if (!usage) return null;
  const elsewhere = tally.step(path)?.child === true;
  tally.uses(nodeOf(tally, path), usage); // rule 3: of a called step, its caller's node
  if (!elsewhere) tally.asks(usage);
  return { usage, elsewhere };
}

/** Rule 1. */
function begins(tally: Tally, path: string, at: string): null {
  tally.change(path, { at, begun: true });
  return null;
}

function iterationStarted(tally: Tally, data: EventOf<'IterationStarted'>['data'], at: string): null {
  const scope = data.path.slice(0, data.path.lastIndexOf('['));
  tally.node(nodeOf(tally, scope)).contains = 1;
  tally.change(scope, { begun: true });
  follow(tally, data, at);
  return null;
}

function follow(tally: Tally, { scheduled = [], ended: iterations = [] }: Follows, at: string): void {
  for (const path of scheduled) tally.opens({ path, node_id: lastOf(path), at });
  for (const { path: iteration } of iterations) tally.closes((path) => path.startsWith(`${iteration}/`));
}

const nodeOf = (tally: Tally, path: string): string => tally.step(path)?.node_id ?? lastOf(path);

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
