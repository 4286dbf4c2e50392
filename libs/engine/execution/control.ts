import {
  NodeFailure,
  type Failure,
  type JoinDefinition,
  type JsonObject,
  type ScopeDefinition,
  type ScopeStep,
} from '#plugin-sdk';

import type { CompiledNode } from '../graph/compiled-graph.js';
import { advanceCalls } from './calls.js';
import type { Decision } from './decision.js';
import type { Settled } from './execution.commands.js';
import { stepOf } from './execution.evolve.js';
import { hasEnded, isSettled, type Step } from './execution.state.js';
import { keepLimits } from './ending.js';
import { iterationPath } from './path.js';
import { arrivals, merged, namesAt } from './scope-names.js';
import { failureOf, resolveStep } from './step-input.js';
import { abandon } from './step-failure.js';
import { beginWait } from './waits.js';

/**
 * The kinds that the engine carries out by itself, within the decision that scheduled them: joins, scopes, waits, tasks
 * that call others, and nodes that are switched off. They are pure. Other tasks are left to the step worker; what
 * another execution had settled of tasks and waits is recalled.
 */
export function answerQuestions(decision: Decision): void {
  const { state } = decision;
  for (let path = decision.nextQuestion(); path !== undefined && !hasEnded(state); path = decision.nextQuestion()) {
    const step = stepOf(state, path);
    if (!isSettled(step) && state.status === 'running') carryOut(decision, step);
  }
}

function carryOut(decision: Decision, step: Step): void {
  const node = decision.nodeOf(step);
  if (!node.enabled) return passThrough(decision, step, node);
  const settled = node.kind === 'scope' || node.kind === 'join' ? undefined : decision.recalled?.get(step.path);
  if (settled) return recall(decision, step, settled);
  try {
    switch (node.kind) {
      case 'task':
        return;
      case 'join':
        return joinStep(decision, step, node.definition as JoinDefinition);
      case 'scope':
        return advanceScope(decision, step, node, node.definition as ScopeDefinition);
      case 'caller':
        return advanceCalls(decision, step, node);
      case 'wait':
        return beginWait(decision, step);
    }
  } catch (error) {
    abandon(decision, step, pureFailure(error));
  }
}

const pureFailure = (error: unknown): Failure =>
  error instanceof NodeFailure ? failureOf(error) : { code: 'internal', message: String(error), retryable: false };

/** It came to this in another execution. */
function recall(decision: Decision, step: Step, settled: Settled): void {
  if (!('port' in settled)) return abandon(decision, step, settled.failure);
  const { path: _path, ...data } = settled;
  decision.complete(step, { ...data, recalled: true });
}

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
