import type { JsonValue } from '#plugin-sdk';
import type { Decision } from './decision.js';
import type { ExecutionFailed, Limits, Totals } from './execution.events.js';
import { hasEnded, type ExecutionState } from './execution.state.js';
import { ROOT } from './path.js';

/**
 * How an execution ends.
 *
 * 1. At quiescence: nothing scheduled, running or waiting. Reaching one end does not stop other branches, unless it says
 *    `stop`.
 * 2. Its output is that of the end reached; several: an object by node id; none: null.
 * 3. A requested cancel is complete when nothing runs any more.
 * 4. Over a limit it fails with the limit's name; at 80 % it says so once.
 */
export function endIfQuiet(decision: Decision): void {
  const { state } = decision;
  if (hasEnded(state)) return;
  if (state.status === 'cancelling') {
    if (![...state.open].some(isAtWork))
      decision.record('ExecutionCancelled', { ...decision.totals(), reason: state.cancel!.reason });
    return;
  }
  if (state.instances.get(ROOT)!.active === 0) endReached(decision);
}

const isAtWork = (step: { readonly status: string; readonly iterations: object | null }): boolean =>
  step.status === 'running' && step.iterations === null;

export const endReached = (decision: Decision): void =>
  decision.record('ExecutionCompleted', { ...decision.totals(), output: outputOf(decision.state) });

export const failed = (decision: Decision, failing: Omit<ExecutionFailed, keyof Totals>): void =>
  decision.record('ExecutionFailed', { ...failing, ...decision.totals() });

function outputOf(state: ExecutionState): JsonValue {
  const ends = state.ends.map((path) => state.steps.get(path)!);
  if (ends.length === 1) return ends[0]!.output;
  return ends.length === 0 ? null : Object.fromEntries(ends.map((step) => [step.nodeId, step.output]));
}

/** Rule 4. */
export function keepLimits(decision: Decision): void {
  const { state } = decision;
  const limits = state.accepted?.limits;
  if (!limits || hasEnded(state) || state.status === 'cancelling') return;
  for (const [limit, size] of sizes(state)) {
    const of = limits[limit];
    if (of === null || size <= of * 0.8) continue;
    if (size > of) return failed(decision, overLimit(limit, size, of));
    if (!state.warned.has(limit)) decision.record('LimitWarned', { limit, of, size });
  }
}

type Counted = Exclude<keyof Limits, 'timeout_ms' | 'deadline'>;

const sizes = (state: ExecutionState): readonly (readonly [Counted, number])[] => [
  ['max_steps', state.scheduledSteps],
  ['max_events', state.events],
  ['max_bytes', state.bytes],
  ['max_total_tokens', state.totals.prompt_tokens + state.totals.completion_tokens],
  ['max_cost', state.totals.cost_nano_usd / 1e9],
];

export const overLimit = (limit: keyof Limits, size: number, of: number): Omit<ExecutionFailed, keyof Totals> => ({
  attempt: null,
  code: limit,
  message: `The execution reached ${size}, over its limit ${limit} of ${of}.`,
  node_id: null,
  path: null,
  retryable: false,
});
