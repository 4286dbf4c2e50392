import { chanceFrom, NodeFailure, type JsonObject, type WaitDefinition, type WaitEvent } from '#plugin-sdk';
import { requestApproval, closeApproval } from './approval.js';
import { startChild } from './child.js';
import type { Decision } from './decision.js';
import type { ApprovalClosed } from './execution.events.js';
import type { Step } from './execution.state.js';
import { arrivals, merged } from './scope-names.js';
import { resolveStep } from './step-input.js';
import { abandon } from './step-failure.js';

/**
 * Waits: begun within the decision that scheduled them, ended by what comes from outside.
 *
 * 1. A wait's config is resolved once, and recorded with its beginning.
 * 2. What ends it is told to its node type, which settles the step, fails it, or stays.
 * 3. A signal that came before its wait ends it at once: the oldest of that name.
 */
export function beginWait(decision: Decision, step: Step): void {
  if (step.status !== 'scheduled') return;
  const resolved = resolveStep(decision.state, decision.graph, step);
  if (!resolved.ok) return abandon(decision, step, resolved.failure);
  const { config } = resolved.input; // rule 1
  const { timer, signal, approval, child } = definitionOf(decision, step).begin(config, waitContext(decision, step));
  const dueAt = timer ? new Date(timer.dueAt).toISOString() : null;
  if (approval) return requestApproval(decision, step, config, { request: approval, dueAt });
  if (child) return startChild(decision, step, config, child);
  if (signal) return awaitSignal(decision, step, config, { name: signal.name, dueAt });
  if (dueAt !== null) return decision.record('TimerSet', { config, due_at: dueAt, path: step.path });
  throw new NodeFailure({ code: 'wait_without_end', message: `"${step.nodeId}" waits for nothing that can come.` });
}

/** Rule 3. */
function awaitSignal(
  decision: Decision,
  step: Step,
  config: JsonObject,
  { name, dueAt }: { readonly name: string; readonly dueAt: string | null },
): void {
  const early = decision.state.signals.find((signal) => signal.name === name);
  decision.record('WaitStarted', {
    config,
    ...(dueAt !== null && { due_at: dueAt }),
    path: step.path,
    ...(early && { received: early.number }),
    signal: name,
  });
  if (early) deliver(decision, step, { type: 'signal', name, payload: early.payload });
}

/** Rule 2. */
export function deliver(decision: Decision, step: Step, event: WaitEvent): void {
  const then = definitionOf(decision, step).onEvent(step.config ?? {}, event, waitContext(decision, step));
  if (then.type === 'stay') return;
  closeApproval(decision, step, outcomeOf(event));
  if (then.type === 'fail') return abandon(decision, step, then.failure);
  const metrics = event.type === 'child_completed' && event.metrics ? { metrics: event.metrics } : {};
  decision.complete(step, { attempt: 1, ...metrics, output: then.output, port: then.port });
}

const outcomeOf = (event: WaitEvent): ApprovalClosed['outcome'] =>
  event.type === 'decision' ? event.decision : 'expired';

/** A timer that is due. */
export function wake(decision: Decision, step: Step): void {
  decision.record('TimerFired', { path: step.path });
  deliver(decision, step, { type: 'timer' });
}

const definitionOf = (decision: Decision, step: Step): WaitDefinition =>
  decision.nodeOf(step).definition as WaitDefinition;

function waitContext(decision: Decision, step: Step) {
  const { incoming } = decision.nodeOf(step);
  return {
    incoming: merged(arrivals(decision.state, decision.graph, step.instance, incoming)),
    now: Date.parse(step.scheduledAt),
    random: chanceFrom(`${decision.state.id}/${step.path}/1`)(),
  };
}
