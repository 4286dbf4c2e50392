import type { JsonValue } from '#plugin-sdk';
import type { Decision } from './decision.js';
import { nextCompensation } from './compensation.js';
import type { Failing, Limits } from './execution.events.js';
import { hasEnded, isEnding, isLeaf, type ExecutionState, type Step } from './execution.state.js';
import { ROOT } from './path.js';

/**
 * How an execution ends.
 *
 * 1. At quiescence: nothing scheduled, running or waiting. Reaching one end does not stop other branches, unless it says
 *    `stop`.
 * 2. Its output is that of the end reached; several: an object by node id; none: null.
 * 3. A requested cancel is complete when nothing runs any more, no child does, and what is to be undone has been.
 * 4. Over a limit it fails with the limit's name; at 80 % it says so once.
 * 5. A failure ends it at once, unless there is something to undo or a child to stop: then it is `failing` until that is done.
 */
export function endIfQuiet(decision: Decision): void {
  const { state } = decision;
  if (hasEnded(state)) return;
  if (isEnding(state)) return endWhenUndone(decision);
  if (state.instances.get(ROOT)!.active === 0) endReached(decision);
}

/** Rules 3 and 5. */
function endWhenUndone(decision: Decision): void {
  const { state } = decision;
  if ([...state.open].some(isAtWork)) return;
  const next = nextCompensation(state, decision.graph);
  if (next) return decision.record('CompensationStarted', next);
  if (state.status === 'failing')
    return decision.record('ExecutionFailed', { ...state.failing!, ...decision.totals() });
  decision.record('ExecutionCancelled', { ...decision.totals(), reason: state.cancel!.reason });
}

const isAtWork = (step: Step): boolean =>
  (step.status === 'running' && isLeaf(step)) || step.compensates !== null || isChild(step);

const isChild = ({ wait }: Step): boolean => wait?.for === 'child';

export const endReached = (decision: Decision): void =>
  decision.record('ExecutionCompleted', { ...decision.totals(), output: outputOf(decision.state) });

/** Rule 5. Of several failures the first is the one that counts. */
export function failed(decision: Decision, failing: Failing): void {
  const { state, graph } = decision;
  if (isEnding(state)) return;
  const owes = nextCompensation(state, graph) !== null || [...state.open].some(isChild);
  if (owes) decision.record('ExecutionFailing', failing);
  else decision.record('ExecutionFailed', { ...failing, ...decision.totals() });
}

function outputOf(state: ExecutionState): JsonValue {
  const ends = state.ends.map((path) => state.steps.get(path)!);
  if (ends.length === 1) return ends[0]!.output;
  return ends.length === 0 ? null : Object.fromEntries(ends.map((step) => [step.nodeId, step.output]));
}

/** Rule 4. */
export function keepLimits(decision: Decision): void {
  const { state } = decision;
  const limits = state.accepted?.limits;
  if (!limits || hasEnded(state) || isEnding(state)) return;
  for (const [limit, size] of sizes(state)) {
    const of = limits[limit];
    if (of === null || size <= of * 0.8) continue;
    if (size > of) return failed(decision, overLimit(limit, size, of));
    if (!state.warned.has(limit)) decision.record('LimitWarned', { limit, of, size });
  }
}

/** Of the time that it may spend running: said once, before it is over. */
export function warnOfTime(decision: Decision, ran: number, of: number): void {
  if (ran >= of * 0.8 && !decision.state.warned.has('timeout_ms'))
    decision.record('LimitWarned', { limit: 'timeout_ms', of, size: ran });
}

type Counted = Exclude<keyof Limits, 'timeout_ms' | 'deadline'>;

const sizes = (state: ExecutionState): readonly (readonly [Counted, number])[] => [
  ['max_steps', state.scheduledSteps],
  ['max_events', state.events],
  ['max_bytes', state.bytes],
  ['max_total_tokens', state.totals.prompt_tokens + state.totals.completion_tokens],
  ['max_cost', state.totals.cost_nano_usd / 1e9],
];

export const overLimit = (limit: keyof Limits, size: number, of: number): Failing => ({
  attempt: null,
  code: limit,
  message: `The execution reached ${size}, over its limit ${limit} of ${of}.`,
  node_id: null,
  path: null,
  retryable: false,
});
