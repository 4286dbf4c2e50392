import {
  arrivalsAt,
  hasEnded,
  isWaiting,
  wireStatus,
  type CompiledGraph,
  type ExecutionState,
  type Step,
} from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { DebugStep, ExecutionError, ExecutionResult, ExecutionStatus, StepView } from '../execution-result.js';

export interface ViewOptions {
  readonly correlationId: string;
  readonly priceTable: string;
  /** The graph, for what a node was given; without it (a refused request) there are no steps. */
  readonly graph: CompiledGraph | null;
  /** Attempts and log lines by step path, where they are asked for. */
  readonly debug?: {
    readonly attempts: ReadonlyMap<string, readonly JsonObject[]>;
    readonly logs: readonly JsonObject[];
  };
}

/** A folded state as the answer that a caller gets. */
export function toExecutionResult(state: ExecutionState, options: ViewOptions): ExecutionResult {
  const accepted = state.accepted!;
  const error = errorOf(state);
  const steps = [...state.steps.values()].map((step) => stepView(step, options));
  return {
    execution_id: `exec_${state.id}`,
    workflow_type: accepted.workflow_type,
    status: statusOf(state),
    success: hasEnded(state) ? state.status === 'completed' : null,
    output: state.output,
    error_message: error?.message ?? null,
    error,
    error_state: error,
    warnings: accepted.warnings,
    metrics: metricsOf(state, options.priceTable),
    metadata: {
      workflow_type: accepted.workflow_type,
      definition_id: prefixed('wf', accepted.definition_id),
      definition_version: accepted.definition_version,
      definition_name: accepted.definition_name,
      template_id: prefixed('tpl', accepted.template_id),
      template_name: accepted.template_name,
      graph_digest: accepted.graph_digest,
      conversation_id: prefixed('conv', accepted.conversation_id ?? null),
      correlation_id: options.correlationId,
      retried_from: prefixed('exec', accepted.retried_from?.execution_id ?? null),
      parent_execution_id: prefixed('exec', accepted.parent?.execution_id ?? null),
      forked_from: null,
    },
    input_data: accepted.input,
    started_at: state.startedAt,
    completed_at: state.endedAt,
    waiting_for: waitingFor(state),
    steps,
    debug: accepted.config['debug_mode'] === true ? { steps: debugSteps(state, steps, options) } : null,
  };
}

export const statusOf = (state: ExecutionState): ExecutionStatus => (isWaiting(state) ? 'waiting' : state.status);

/** A state as time travel shows it. */
export interface StateView {
  readonly status: ExecutionStatus;
  readonly variables: JsonObject;
  readonly steps: readonly StepView[];
  readonly waiting_for: JsonObject | null;
}

export const stateView = (state: ExecutionState, graph: CompiledGraph | null): StateView => ({
  status: statusOf(state),
  variables: state.variables,
  steps: [...state.steps.values()].map((step) => stepView(step, { graph })),
  waiting_for: waitingFor(state),
});

const prefixed = (prefix: string, id: string | null): string | null => (id === null ? null : `${prefix}_${id}`);

function errorOf(state: ExecutionState): ExecutionError | null {
  if (!state.failure) return null;
  const { code, message, node_id, path, attempt, retryable, findings } = state.failure;
  return { code, message, node_id, path, attempt, retryable, ...(findings && { validation: findings }) };
}

function metricsOf({ totals, startedAt, endedAt }: ExecutionState, priceTable: string): ExecutionResult['metrics'] {
  return {
    execution_time_ms: endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(startedAt),
    tokens_used: totals.prompt_tokens + totals.completion_tokens,
    prompt_tokens: totals.prompt_tokens,
    completion_tokens: totals.completion_tokens,
    cost: totals.cost_nano_usd / 1e9,
    price_table: priceTable,
    steps: totals.steps,
    tool_calls: totals.tool_calls,
  };
}

/** What it waits for: the waiting or uncertain steps, the earliest due first. */
export function waitingFor(state: ExecutionState): JsonObject | null {
  if (!isWaiting(state)) return null;
  const steps = [...state.open].filter((step) => step.status === 'waiting' || step.status === 'uncertain');
  const first = steps.sort((left, right) => (left.dueAt ?? Infinity) - (right.dueAt ?? Infinity))[0]!;
  return {
    type: first.status === 'uncertain' ? 'resolution' : (first.wait?.for ?? 'timer'),
    ...detailsOf(first),
    node_id: first.nodeId,
    path: first.path,
    due_at: first.dueAt === null ? null : new Date(first.dueAt).toISOString(),
    steps: steps.map((step) => step.path),
  };
}

/** What someone needs in order to end this wait. */
function detailsOf({ wait, status }: Step): JsonObject {
  if (wait === null || status !== 'waiting') return {};
  switch (wait.for) {
    case 'signal':
      return { name: wait.name };
    case 'approval':
      return { approval_id: `appr_${wait.request.approval_id}` };
    case 'child':
      return { execution_id: `exec_${wait.child.child_id}` };
  }
}

export function stepView(step: Step, { graph }: Pick<ViewOptions, 'graph'>): StepView {
  const startedAt = step.status === 'skipped' ? null : (step.startedAt ?? step.scheduledAt);
  const { metrics } = step;
  return {
    node_id: step.nodeId,
    node_type: step.called?.nodeType ?? graph?.nodes.get(step.nodeId)?.type ?? '',
    path: step.path,
    status: wireStatus(step),
    attempt: step.attempt,
    port: step.port,
    started_at: startedAt,
    completed_at: step.endedAt,
    duration_ms: startedAt && step.endedAt ? Date.parse(step.endedAt) - Date.parse(startedAt) : null,
    error: step.failure ? { ...step.failure } : null,
    metrics: metrics && {
      tokens_used: metrics.prompt_tokens + metrics.completion_tokens,
      prompt_tokens: metrics.prompt_tokens,
      completion_tokens: metrics.completion_tokens,
      cost: metrics.cost_nano_usd / 1e9,
      tool_calls: metrics.tool_calls,
    },
  };
}

function debugSteps(state: ExecutionState, views: readonly StepView[], { graph, debug }: ViewOptions): DebugStep[] {
  return views.map((view) => {
    const step = state.steps.get(view.path)!;
    return {
      ...view,
      config: step.config as JsonValue,
      incoming: graph ? arrivalsAt(state, graph, step) : null,
      output: step.output,
      attempts: debug?.attempts.get(view.path) ?? [],
      logs: (debug?.logs ?? []).filter((line) => line['path'] === view.path),
    };
  });
}
