import {
  mentionsSecret,
  NodeFailure,
  secretReference,
  type Failure,
  type JsonObject,
  type JsonValue,
} from '#plugin-sdk';
import { ExpressionError } from '../expression/index.js';
import type { CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import type { ExecutionState, Step } from './execution.state.js';
import { arrivals, merged, namesAt, type Place } from './scope-names.js';
import { nodeOfStep } from './step-node.js';

/** What a step is given: resolved once, when it is scheduled; every attempt uses it. */
export interface StepInput {
  readonly node: CompiledNode;
  readonly config: JsonObject;
  readonly incoming: JsonValue;
}

export type Resolved =
  { readonly ok: true; readonly input: StepInput } | { readonly ok: false; readonly failure: Failure };

/**
 * Resolves a step's config against what it can see now. `own`: names of a scope's own condition.
 *
 * 1. A called step has the config that it was called with.
 * 2. A compensation sees what the step that it undoes could see; what arrives is that step's output.
 */
export function resolveStep(state: ExecutionState, graph: CompiledGraph, step: Step, own?: JsonObject): Resolved {
  const node = nodeOfStep(graph, step);
  try {
    if (step.called !== null)
      return { ok: true, input: { node, config: node.usable.prepare(step.called.config), incoming: null } }; // rule 1
    const undone = step.compensates === null ? null : state.steps.get(step.compensates)!;
    const incoming = undone
      ? undone.output // rule 2
      : merged(arrivals(state, graph, step.instance, node.incoming, node));
    const names = undone ? failingNames(state, undone) : own;
    const place = {
      instance: step.instance,
      incoming,
      needs: node.names,
      step: step.path,
      ...(names && { own: names }),
    };
    return { ok: true, input: { node, config: configAt(state, graph, node, place), incoming } };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** The config that a node would run with now. Throws what resolving it throws. */
export function resolveNode(state: ExecutionState, graph: CompiledGraph, nodeId: string, instance: string): JsonObject {
  const node = graph.nodes.get(nodeId);
  if (!node) throw new NodeFailure({ code: 'invalid_config', message: `There is no node "${nodeId}" to guard.` });
  const incoming = merged(arrivals(state, graph, instance, node.incoming, node));
  return configAt(state, graph, node, { instance, incoming, needs: node.names });
}

function configAt(state: ExecutionState, graph: CompiledGraph, node: CompiledNode, place: Place): JsonObject {
  const { template } = node;
  const names = template.hasExpressions ? namesAt(state, graph, withSecrets(node, place, references)) : nothingNamed;
  const resolved = template.resolve(names) as JsonObject;
  if (node.secrets.length > 0)
    refuseForged(node, () => template.resolve(namesAt(state, graph, withSecrets(node, place, {}))));
  return node.usable.prepare(resolved);
}

const references = { of: secretReference };

/** Secrets as this node may name them: by a reference, or (to see what else there is) by nothing. */
const withSecrets = (
  { secrets }: CompiledNode,
  place: Place,
  { of }: { readonly of?: (name: string) => string },
): Place =>
  secrets.length === 0
    ? place
    : { ...place, secrets: Object.fromEntries(secrets.map((name) => [name, of ? of(name) : ''])) };

/**
 * A reference to a secret comes of the graph, never of data: where secrets are sent, what is left of a config without
 * them may hold nothing that looks like one.
 */
function refuseForged(node: CompiledNode, withoutSecrets: () => unknown): void {
  if (!mentionsSecret(JSON.stringify(withoutSecrets()))) return;
  throw new NodeFailure({
    code: 'secret_reference_in_data',
    message: `What arrived at "${node.id}" holds characters by which secrets are referred to. It was not used.`,
  });
}

const nothingNamed = (): undefined => undefined;

/** On the way to the end of a failed execution `error` is its failure. */
function failingNames({ failing }: ExecutionState, undone: Step): JsonObject {
  const { code, message, node_id, attempt } = failing ?? cancelledNames;
  return { error: { attempt: attempt ?? undone.attempt, code, message, node_id: node_id ?? undone.nodeId } };
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

const cancelledNames = { attempt: null, code: 'cancelled', message: 'The execution was cancelled.', node_id: null };
