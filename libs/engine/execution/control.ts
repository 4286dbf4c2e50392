import {
  chanceFrom,
  NodeFailure,
  type Failure,
  type JoinDefinition,
  type JsonObject,
  type ScopeDefinition,
  type ScopeStep,
  type WaitDefinition,
} from '#plugin-sdk';

import type { CompiledNode } from '../graph/compiled-graph.js';
import type { Decision } from './decision.js';
import { stepOf } from './execution.evolve.js';
import { hasEnded, isSettled, type Step } from './execution.state.js';
import { keepLimits } from './ending.js';
import { iterationPath } from './path.js';
import { arrivals, merged, namesAt } from './scope-names.js';
import { failureOf, resolveStep } from './step-input.js';
import { abandon } from './step-failure.js';

/**
 * The kinds that the engine carries out by itself, within the decision that scheduled them: joins, scopes, waits, and
 * nodes that are switched off. They are pure. Tasks are left to the step worker.
 */
export function answerQuestions(decision: Decision): void {
  const { questions, state } = decision;
  for (let next = 0; next < questions.length && !hasEnded(state); next += 1) {
    const step = stepOf(state, questions[next]!);
    if (!isSettled(step) && state.status === 'running') carryOut(decision, step);
  }
}

function carryOut(decision: Decision, step: Step): void {
  const node = decision.graph.nodes.get(step.nodeId)!;
  const { definition } = node;
  if (!node.enabled) return passThrough(decision, step, node);
  if (definition.descriptor.kind === 'task') return;
  try {
    if (definition.descriptor.kind === 'join') joinStep(decision, step, definition as JoinDefinition);
    else if (definition.descriptor.kind === 'scope') advanceScope(decision, step, node, definition as ScopeDefinition);
    else beginWait(decision, step, definition as WaitDefinition);
  } catch (error) {
    abandon(decision, step, pureFailure(error));
  }
}

const pureFailure = (error: unknown): Failure =>
  error instanceof NodeFailure ? failureOf(error) : { code: 'internal', message: String(error), retryable: false };

function passThrough(decision: Decision, step: Step, node: CompiledNode): void {
  const output = merged(arrivals(decision.state, decision.graph, step.instance, node.incoming));
  decision.complete(step, { attempt: 1, output, port: node.ports[0] ?? 'out' });
}

function joinStep(decision: Decision, step: Step, definition: JoinDefinition): void {
  const resolved = resolveStep(decision.state, decision.graph, step);
  if (!resolved.ok) return abandon(decision, step, resolved.failure);
  const { node, config } = resolved.input;
  const arrived = arrivals(decision.state, decision.graph, step.instance, node.incoming);
  decision.complete(step, { attempt: 1, output: definition.combine(config, arrived), port: node.ports[0]! });
}

/**
 * A scope's config is resolved once and recorded with its first iteration; only its conditions are asked anew before
 * each one, with `index` (of the iteration that would begin) and `last` (what the one before came to) in scope.
 */
function advanceScope(decision: Decision, step: Step, node: CompiledNode, definition: ScopeDefinition): void {
  const asksConditions = node.template.expressions.some(({ kind }) => kind === 'condition');
  for (;;) {
    const { started, running, ended } = step.iterations ?? { started: 0, running: 0, ended: [] };
    if (running > 0 && asksConditions) return; // a condition sees what the iteration before came to
    const config = scopeConfig(decision, step, node);
    if ('failure' in config) return abandon(decision, step, config.failure);
    const next: ScopeStep = definition.next(config.now, { started, running, ended });
    if (next.type === 'stay') return;
    if (next.type === 'settle') return decision.complete(step, { attempt: 1, output: next.output, port: next.port });
    if (next.type === 'fail') return abandon(decision, step, next.failure, originOf(step, next.failure));
    decision.startIteration(node, iterationPath(step.path, started), next.item, started === 0 ? config.now : null);
    keepLimits(decision);
    if (hasEnded(decision.state)) return;
  }
}

function scopeConfig(decision: Decision, step: Step, node: CompiledNode): { now: JsonObject } | { failure: Failure } {
  const own = { index: step.iterations?.started ?? 0, last: lastValue(step) };
  if (step.config === null) {
    const resolved = resolveStep(decision.state, decision.graph, step, own);
    return resolved.ok ? { now: resolved.input.config } : { failure: resolved.failure };
  }
  const conditions = node.template.expressions.filter(({ kind }) => kind === 'condition');
  if (conditions.length === 0) return { now: step.config };
  try {
    const incoming = merged(arrivals(decision.state, decision.graph, step.instance, node.incoming));
    const names = namesAt(decision.state, decision.graph, {
      instance: step.instance,
      incoming,
      needs: node.names,
      own,
    });
    const asked = conditions.map(({ pointer, expression }) => [pointer.slice(1), expression.evaluate(names)]);
    return { now: { ...step.config, ...Object.fromEntries(asked) } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function lastValue(step: Step) {
  const last = step.iterations?.ended.at(-1);
  return last?.ok ? last.value : null;
}

function originOf(step: Step, failure: Failure): string {
  const from = step.iterations?.ended.find((end) => !end.ok && end.failure === failure);
  return from && !from.ok ? from.failedAt : step.path;
}

function beginWait(decision: Decision, step: Step, definition: WaitDefinition): void {
  if (step.status !== 'scheduled') return;
  const resolved = resolveStep(decision.state, decision.graph, step);
  if (!resolved.ok) return abandon(decision, step, resolved.failure);
  const { config } = resolved.input;
  const { timer } = definition.begin(config, waitContext(decision, step));
  if (!timer)
    throw new NodeFailure({ code: 'wait_without_end', message: `"${step.nodeId}" waits for nothing that can come.` });
  decision.record('TimerSet', { config, due_at: new Date(timer.dueAt).toISOString(), path: step.path });
}

/** A timer that is due asks its node what now. */
export function wake(decision: Decision, step: Step): void {
  const node = decision.graph.nodes.get(step.nodeId)!;
  const definition = node.definition as WaitDefinition;
  decision.record('TimerFired', { path: step.path });
  const then = definition.onEvent(step.config ?? {}, { type: 'timer' }, waitContext(decision, step));
  if (then.type === 'settle') decision.complete(step, { attempt: 1, output: then.output, port: then.port });
}

function waitContext(decision: Decision, step: Step) {
  const node = decision.graph.nodes.get(step.nodeId)!;
  return {
    incoming: merged(arrivals(decision.state, decision.graph, step.instance, node.incoming)),
    now: Date.parse(step.scheduledAt),
    random: chanceFrom(`${decision.state.id}/${step.path}/1`)(),
  };
}
