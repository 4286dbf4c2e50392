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
  version: 2,
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

  finished: (row: CountedRow) => (row[tallied] ? { ...row, ...row[tallied].texts() } : row),
};

type StepEvent = Exclude<
  CostEvent,
  EventOf<'ExecutionAccepted' | 'ExecutionCompleted' | 'ExecutionFailed' | 'ExecutionCancelled'>
>;

function accepted(data: EventOf<'ExecutionAccepted'>['data'], { id, tenant, at, position }: Recorded) {
  return counting(follow(Tally.none, data, at), {
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
    ...Tally.none.texts(),
    position,
  });
}

const ended = (
  row: ExecutionCostsRow,
  outcome: ExecutionCostsRow['outcome'],
  { execution_time_ms, prompt_tokens, completion_tokens, cost_nano_usd }: ExecutionMetrics,
  position: string,
): ExecutionCostsRow =>
  counting(
    tallyOf(row).closes(() => true),
    {
      ...row,
      outcome,
      duration_ms: execution_time_ms,
      prompt_tokens,
      completion_tokens,
      cost_nano: cost_nano_usd,
      position,
    },
  );

function counted(row: ExecutionCostsRow, event: StepEvent, { at, position }: Recorded): ExecutionCostsRow {
  const { tally, used } = count(tallyOf(row), event, at);
  return counting(tally, { ...row, ...(used && withUsage(row, used)), position });
}

/** Of a row that is counted on: its texts are made once a batch. No column, and so never written. */
const tallied = Symbol('tally');

type CountedRow = ExecutionCostsRow & { readonly [tallied]?: Tally };

const counting = (tally: Tally, row: ExecutionCostsRow): CountedRow => ({ ...row, [tallied]: tally });

const tallyOf = (row: CountedRow): Tally => row[tallied] ?? Tally.of(row);

/** What a step used, and whether it was another execution that did. */
interface Used {
  readonly usage: AttemptUsage;
  readonly elsewhere: boolean;
}

interface Counted {
  readonly tally: Tally;
  readonly used?: Used;
}

const withUsage = (row: ExecutionCostsRow, { usage, elsewhere }: Used) => ({
  prompt_tokens: row.prompt_tokens + usage.prompt_tokens,
  completion_tokens: row.completion_tokens + usage.completion_tokens,
  cost_nano: row.cost_nano + usage.cost_nano_usd,
  ...(!elsewhere && {
    own_tokens: row.own_tokens + usage.prompt_tokens + usage.completion_tokens,
    own_cost_nano: row.own_cost_nano + usage.cost_nano_usd, // rule 4
  }),
});

function count(tally: Tally, { type, data }: StepEvent, at: string): Counted {
  switch (type) {
    case 'StepStarted':
      return { tally: tally.step(data.path)?.begun ? tally : tally.changes(data.path, { at, begun: true }) };
    case 'TimerSet':
    case 'WaitStarted':
    case 'ApprovalRequested':
      return { tally: tally.changes(data.path, { at, begun: true }) }; // rule 1
    case 'ChildStarted':
      return { tally: tally.changes(data.path, { at, begun: true, child: true }) };
    case 'IterationStarted':
      return { tally: iterationStarted(tally, data, at) };
    case 'StepCalled': {
      const { path, by } = data;
      const step = { path, node_id: nodeOf(tally, by), at, called: true } as const;
      return { tally: tally.changes(by, { begun: true }).opens(step) };
    }
    case 'CompensationStarted':
      return { tally: tally.opens({ path: data.path, node_id: data.node_id, at }) };
    case 'StepFailed':
      return used(tally.adds(nodeOf(tally, data.path), { failed_attempts: 1 }), data.path, data.metrics);
    case 'StepUncertain':
      return { tally: tally.adds(nodeOf(tally, data.path), { failed_attempts: 1 }) };
    case 'StepCompleted':
      return settled(tally, data, at, data.failure !== undefined);
    case 'StepAbandoned':
      return settled(tally, data, at, true);
    case 'CompensationCompleted':
      return settled(tally, data, at, false);
    case 'CompensationFailed':
      return settled(tally, { path: data.path }, at, true);
    case 'StepCancelled':
      return { tally: tally.closes((path) => path === data.path) };
  }
}

interface Settling extends Follows {
  readonly path: string;
  readonly metrics?: AttemptUsage;
  readonly recalled?: true;
}

function settled(before: Tally, data: Settling, at: string, failed: boolean): Counted {
  const { path } = data;
  const step = before.step(path);
  const counted = data.recalled ? { tally: before } : used(before, path, data.metrics); // rule 2
  let { tally } = counted;
  if (!data.recalled && !step?.called) {
    const ms = step ? Math.max(0, Date.parse(at) - Date.parse(step.at)) : 0;
    tally = tally.adds(nodeOf(tally, path), { runs: 1, failures: failed ? 1 : 0, ms });
  }
  return {
    ...counted,
    tally: follow(
      tally.closes((open) => open === path),
      data,
      at,
    ),
  };
}

function used(tally: Tally, path: string, usage: AttemptUsage | undefined): Counted {
  if (!usage) return { tally };
  const elsewhere = tally.step(path)?.child === true;
  const using = tally.uses(nodeOf(tally, path), usage); // rule 3: of a called step, its caller's node
  return { tally: elsewhere ? using : using.asks(usage), used: { usage, elsewhere } };
}

function iterationStarted(tally: Tally, data: EventOf<'IterationStarted'>['data'], at: string): Tally {
  const scope = data.path.slice(0, data.path.lastIndexOf('['));
  return follow(tally.contains(nodeOf(tally, scope)).changes(scope, { begun: true }), data, at);
}

function follow(before: Tally, { scheduled = [], ended: iterations = [] }: Follows, at: string): Tally {
  const opened = scheduled.reduce((tally, path) => tally.opens({ path, node_id: lastOf(path), at }), before);
  return iterations.reduce(
    (tally, { path: iteration }) => tally.closes((path) => path.startsWith(`${iteration}/`)),
    opened,
  );
}

const nodeOf = (tally: Tally, path: string): string => tally.step(path)?.node_id ?? lastOf(path);

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
