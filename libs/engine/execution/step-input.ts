import { NodeFailure, type Failure, type JsonObject, type JsonValue } from '#plugin-sdk';
import { ExpressionError } from '../expression/index.js';
import type { CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import type { ExecutionState, Step } from './execution.state.js';
import { arrivals, merged, namesAt } from './scope-names.js';

/** What a step is given: resolved once, when it is scheduled; every attempt uses it. */
export interface StepInput {
  readonly node: CompiledNode;
  readonly config: JsonObject;
  readonly incoming: JsonValue;
}

export type Resolved =
  { readonly ok: true; readonly input: StepInput } | { readonly ok: false; readonly failure: Failure };

/** Resolves a step's config against what it can see now. `own`: names of a scope's own condition. */
export function resolveStep(state: ExecutionState, graph: CompiledGraph, step: Step, own?: JsonObject): Resolved {
  const node = graph.nodes.get(step.nodeId)!;
  const incoming = merged(arrivals(state, graph, step.instance, node.incoming, node));
  const place = { instance: step.instance, incoming, needs: node.names, step: step.path, ...(own && { own }) };
  try {
    const resolved = node.template.hasExpressions
      ? (node.template.resolve(namesAt(state, graph, place)) as JsonObject)
      : node.literalConfig;
    return { ok: true, input: { node, config: node.usable.prepare(resolved), incoming } };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** A failure as it is stored, of what a rule or a node threw. A bug stays a bug. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ExpressionError) return { code: error.code, message: error.message, retryable: false };
  if (error instanceof NodeFailure) {
    return {
      code: error.code,
      ...(error.details !== undefined && { details: error.details }),
      message: error.message,
      ...(error.retryAfterMs !== undefined && { retry_after_ms: error.retryAfterMs }),
      retryable: error.retryable,
    };
  }
  throw error;
}
