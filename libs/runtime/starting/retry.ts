import { hasEnded, Refusal, type Accepted, type ExecutionEvent, type ExecutionState, type Settled } from '#engine';
import type { Caller } from '../execution-request.js';

/** From where an execution is tried again. */
export type RetryFrom =
  | { readonly from: 'failed' | 'start' }
  /** The first step of this node, or the one at this path. */
  | { readonly node_id: string; readonly path?: string };

export interface RetryPlan {
  readonly accepted: Omit<Accepted, 'scheduled'>;
  readonly recalled: ReadonlyMap<string, Settled>;
}

/**
 * Another try of an execution: a new one, with the same graph, versions and input.
 *
 * 1. An execution that has not ended is not tried again: cancel it first. One that never ran has nothing to try.
 * 2. From the start nothing is recalled. From a step, everything that had settled and does not come after it.
 * 3. From what failed: the step whose failure ended it, and everything that had not settled.
 * 4. A deadline that is past does not bind the new one.
 */
export function planRetry(
  state: ExecutionState,
  events: readonly ExecutionEvent[],
  from: RetryFrom,
  { caller, process, now }: { readonly caller: Caller; readonly process: string; readonly now: number },
): RetryPlan {
  const source = state.accepted!;
  if (!hasEnded(state))
    throw new Refusal('execution_not_ended', `The execution is ${state.status}: wait for its end, or cancel it first.`); // rule 1
  if (state.steps.size === 0)
    throw new Refusal(
      'nothing_to_retry',
      'The execution was refused before its first step. Mend the request, and start a new one.',
    );
  const path = pathOf(state, from);
  const isStart = 'from' in from && from.from === 'start';
  const { scheduled: _scheduled, ...pinned } = source;
  const { deadline } = source.limits;
  return {
    recalled: isStart ? new Map() : settledIn(events, path),
    accepted: {
      ...pinned,
      limits: { ...source.limits, deadline: deadline !== null && Date.parse(deadline) <= now ? null : deadline }, // rule 4
      process,
      retried_from: { execution_id: state.id, path: isStart ? null : path },
      subject: caller.sub,
    },
  };
}

/** The step that runs anew; null: none that had settled does. */
function pathOf(state: ExecutionState, from: RetryFrom): string | null {
  if ('from' in from) return from.from === 'failed' ? (state.failure?.path ?? edgeSource(state)) : null; // rule 3
  const step = from.path === undefined ? firstOf(state, from.node_id) : state.steps.get(from.path);
  if (!step || step.nodeId !== from.node_id)
    throw new Refusal(
      'step_not_found',
      `The execution has no step of the node "${from.node_id}"${from.path === undefined ? '' : ` at "${from.path}"`}.`,
    );
  return step.path;
}

/** A condition that could not be evaluated: the step before its edge runs anew. */
const edgeSource = (state: ExecutionState): string | null =>
  state.failure?.node_id ? (firstOf(state, state.failure.node_id)?.path ?? null) : null;

const firstOf = (state: ExecutionState, nodeId: string) =>
  [...state.steps.values()].find((step) => step.nodeId === nodeId && step.called === null);

/** Rule 2. What comes after the step is not come to before it has run, so that only the step itself is left out. */
function settledIn(events: readonly ExecutionEvent[], without: string | null): ReadonlyMap<string, Settled> {
  const settled = new Map<string, Settled>();
  for (const { type, data } of events) {
    if (type !== 'StepCompleted' && type !== 'StepAbandoned') continue;
    const { taken: _taken, scheduled: _scheduled, skipped: _skipped, ended: _ended, ...rest } = data;
    if ('metrics' in rest) delete (rest as { metrics?: unknown }).metrics; // it costs nothing to recall
    if (data.path !== without && !isAround(data.path, without)) settled.set(data.path, rest);
  }
  return settled;
}

/** A caller around the step (`ask` of `ask/turn[0]`) runs anew with it. */
const isAround = (path: string, inner: string | null): boolean => inner?.startsWith(`${path}/`) === true;
