import type { Failure, TaskDefinition } from '#plugin-sdk';
import type { CompiledNode } from '../graph/compiled-graph.js';
import type { Decision } from './decision.js';
import type { Path, StepFailed, StepUncertain } from './execution.events.js';
import { failed } from './ending.js';
import { isEnding, type Step } from './execution.state.js';
import { mayRetry, restBefore } from './retry-policy.js';
import { namesAt } from './scope-names.js';

/** Attempts of which nobody knows the outcome that are repeated before the step is given up. */
export const uncertainAttempts = 10;

/**
 * An attempt has failed.
 *
 * 1. The retry policy is asked for one more; an `error_handler` with `action: retry` on the step's `error` port is part
 *    of that policy, and may allow more attempts, also of a failure that is not retryable by itself.
 * 2. With none left: `on_error` may turn the failure into a value; else the step is abandoned and leaves by its `error`
 *    port; where that is not wired, its iteration or the execution fails with it.
 * 3. A call that would go beyond a limit of the execution was not made: the execution fails with the limit's name.
 */
export function failAttempt(
  decision: Decision,
  step: Step,
  { failure, metrics }: Pick<StepFailed, 'failure' | 'metrics'>,
  chance: number,
): void {
  decision.record('StepFailed', { attempt: step.attempt, failure, ...(metrics && { metrics }), path: step.path });
  const node = decision.nodeOf(step);
  if (budgets.has(failure.code) && step.compensates === null) return exceed(decision, step, failure); // rule 3
  const byPolicy = mayRetry(failure, node.retry) ? node.retry.max_attempts : 1;
  const byHandler = mayRetry({ ...failure, retryable: true }, node.retry)
    ? 1 + retriesOfHandlers(decision, step, node, failure)
    : 1;
  if (step.failures < Math.max(byPolicy, byHandler))
    return scheduleAgain(decision, step, restBefore(step.failures + 1, node.retry, chance, failure));
  abandon(decision, step, failure);
}

const budgets: ReadonlySet<string> = new Set(['max_total_tokens', 'max_cost']);

const exceed = (decision: Decision, { path, nodeId, attempt }: Step, { code, message }: Failure): void =>
  failed(decision, { attempt, code, message, node_id: nodeId, path, retryable: false });

/** Rule 2. `origin`: the step inside a scope whose failure it is. */
export function abandon(decision: Decision, step: Step, failure: Failure, origin: Path = step.path): void {
  const { attempt, path } = step;
  if (step.compensates !== null) return decision.record('CompensationFailed', { attempt, failure, path });
  if (step.called !== null) return decision.tellCaller(step, step.called.by, failure);
  const node = decision.nodeOf(step);
  if (node.onError !== 'fail') {
    const output = node.onError === 'continue' ? null : node.onError.value;
    return decision.complete(step, { attempt: step.attempt, failure, output, port: node.ports[0] ?? 'out' });
  }
  if (node.outgoing.has('error')) decision.leaveByError(step, failure);
  else decision.giveUp(step, failure, origin);
}

function scheduleAgain(decision: Decision, step: Step, restMs: number): void {
  const notBefore = new Date(decision.now + restMs).toISOString();
  decision.record('StepScheduled', { attempt: step.attempt + 1, not_before: notBefore, path: step.path });
}

function retriesOfHandlers(decision: Decision, step: Step, node: CompiledNode, failure: Failure): number {
  const handlers = (node.outgoing.get('error') ?? []).map((edge) => decision.graph.nodes.get(edge.target)!);
  return Math.max(0, ...handlers.map((handler) => retriesOf(decision, step, handler, failure)));
}

/** A handler whose config cannot be resolved yet has no say in the retries; it will fail when it runs. */
function retriesOf(decision: Decision, step: Step, handler: CompiledNode, failure: Failure): number {
  const { retriesFor } = handler.definition as TaskDefinition;
  if (!retriesFor) return 0;
  const error = { attempt: step.attempt, code: failure.code, message: failure.message, node_id: step.nodeId };
  const place = { instance: step.instance, incoming: error, needs: handler.names, own: { error } };
  try {
    const config = handler.template.resolve(namesAt(decision.state, decision.graph, place));
    return retriesFor.call(handler.definition, handler.usable.prepare(config as never), failure) ?? 0;
  } catch {
    return 0;
  }
}

/**
 * Nobody knows whether the effect of an attempt took place. The node's policy says what then: `retry` it under the same
 * key, `fail`, or `ask` somebody. While a cancel is under way nothing is repeated: the fact stands, the step is cancelled.
 */
export function loseAttempt(decision: Decision, step: Step, reason: StepUncertain['reason'], chance: number): void {
  const node = decision.nodeOf(step);
  const { attempt, path } = step;
  const asked = node.onUncertain === 'ask' && step.compensates !== null; // nobody is asked on the way to the end
  const policy = asked ? 'fail' : node.onUncertain;
  decision.record('StepUncertain', { attempt, path, policy, reason });
  if (isEnding(decision.state) && step.compensates === null) return decision.record('StepCancelled', { attempt, path });
  if (policy === 'retry' && step.uncertainties < uncertainAttempts) {
    const rest = reason === 'crash' ? 0 : restBefore(step.uncertainties + 1, node.retry, chance);
    return scheduleAgain(decision, step, rest);
  }
  if (policy === 'ask') return;
  abandon(decision, step, {
    code: 'uncertain',
    message: `Attempt ${attempt} of "${step.nodeId}" ended without a definite answer (${reason}); its effect may have taken place.`,
    retryable: false,
  });
}
