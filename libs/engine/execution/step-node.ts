import { effectsOf, isIdempotent, portsOf } from '#plugin-sdk';
import type { CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import type { Step } from './execution.state.js';
import { retryPolicy } from './retry-policy.js';

type Called = NonNullable<Step['called']>;

const known = new WeakMap<Called, CompiledNode>();

/** The node of a step: the graph's, or for a called step one of the type that it was called as. */
export function nodeOfStep(graph: CompiledGraph, { nodeId, called }: Step): CompiledNode {
  const node = graph.nodes.get(nodeId)!;
  if (called === null) return node;
  const made = known.get(called) ?? nodeCalled(graph, node, called);
  known.set(called, made);
  return made;
}

/**
 * 1. Effects, ports and what a lost attempt means come of the called type and its own config.
 * 2. A step of the caller's own type keeps the caller's retry policy; others have that of their effects.
 * 3. It leaves by no edge: what it comes to is told to its caller.
 */
function nodeCalled(graph: CompiledGraph, caller: CompiledNode, { nodeType, config }: Called): CompiledNode {
  const usable = graph.callable.get(nodeType);
  if (!usable) throw new Error(`A step of the type "${nodeType}" was called, which the graph does not call.`);
  const { descriptor } = usable.definition;
  const effects = effectsOf(descriptor, config);
  const own = nodeType === caller.type;
  return {
    ...caller,
    type: nodeType,
    usable,
    definition: usable.definition,
    kind: descriptor.kind,
    ports: portsOf(descriptor, config),
    effects,
    retry: own ? caller.retry : retryPolicy(undefined, effects),
    onError: 'fail',
    onUncertain: effects === 'read' || isIdempotent(descriptor, config) ? 'retry' : 'ask',
    enabled: true,
    compensate: null,
    guardedBy: [],
    secrets: [],
    outgoing: new Map(),
    levelEdges: [],
  };
}
