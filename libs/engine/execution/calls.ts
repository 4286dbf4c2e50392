import type { CallEnd, TaskDefinition } from '#plugin-sdk';
import type { CompiledNode } from '../graph/compiled-graph.js';
import type { Decision } from './decision.js';
import { isSettled, type Step } from './execution.state.js';
import { arrivals, merged } from './scope-names.js';
import { resolveStep } from './step-input.js';
import { abandon } from './step-failure.js';

/**
 * A task that works in turns: it is not executed itself, but calls steps of other types.
 *
 * 1. Its config is resolved once, and recorded with its first calls.
 * 2. It is asked again when all that it called has settled; what it then says follows from what they came to, and from
 *    nothing else.
 */
export function advanceCalls(decision: Decision, step: Step, node: CompiledNode): void {
  const calls = step.calls ?? [];
  if (!calls.every(isSettled)) return;
  const first = step.config === null;
  const resolved = first ? resolveStep(decision.state, decision.graph, step) : null;
  if (resolved && !resolved.ok) return abandon(decision, step, resolved.failure);
  const config = resolved ? resolved.input.config : step.config!;
  const incoming = merged(arrivals(decision.state, decision.graph, step.instance, node.incoming));
  const definition = node.definition as TaskDefinition;
  const next = definition.nextCalls!(config, { incoming, ended: calls.map((call) => endOf(step, call)) });
  if (next.type === 'settle') return decision.complete(step, { attempt: 1, output: next.output, port: next.port });
  if (next.type === 'fail') return abandon(decision, step, next.failure);
  if (next.steps.length === 0) throw new Error(`"${step.path}" calls nothing.`);
  next.steps.forEach(({ name, node_type, config: given }, at) => {
    const path = `${step.path}/${name}`;
    if (decision.state.steps.has(path)) throw new Error(`"${step.path}" calls "${path}" a second time.`);
    const own = first && at === 0 ? { value: config } : {};
    decision.record('StepCalled', { by: step.path, config: given, node_type, path, ...own });
    decision.raise(path);
  });
}

function endOf({ path }: Step, call: Step): CallEnd {
  const name = call.path.slice(path.length + 1);
  return call.status === 'succeeded'
    ? { name, ok: true, output: call.output }
    : { name, ok: false, failure: call.failure! };
}
