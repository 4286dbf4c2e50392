import { valueAt, type NodeDescriptor } from '#plugin-sdk';
import type { AnalysedEdge, AnalysedGraph, AnalysedNode } from '../analysed-graph.js';

/**
 * Every node that may run though nobody was asked before it. Each node and each edge is looked at once.
 *
 * 1. People agree where an edge leaves a node that asks them by its port of consent: no other port says yes.
 * 2. One way without consent is enough, however many ways with it there are.
 * 3. What undoes a step may run wherever the step may.
 */
export function reachedWithoutConsent({ byId, incoming, nodes, outgoing, scopes }: AnalysedGraph): ReadonlySet<string> {
  const undoing = new Set(nodes.map(({ node }) => node.data.compensate));
  const first = nodes.filter(({ node: { id } }) => !incoming.has(id) && !undoing.has(id));
  const reached = new Set([...scopes.entries, ...first.map(({ node }) => node.id)]);
  for (const id of reached) {
    const node = byId.get(id);
    for (const way of outgoing.get(id) ?? []) if (!isConsent(way, node)) reached.add(way.edge.target); // rules 1 and 2
    const undo = node?.node.data.compensate;
    if (typeof undo === 'string') reached.add(undo); // rule 3
  }
  return reached;
}

const isConsent = ({ edge }: AnalysedEdge, node: AnalysedNode | undefined): boolean =>
  node?.definition !== undefined && edge.source_handle === portOfConsent(node.definition.descriptor, node);

/** Where the port may also be left without anybody, or an expression decides whether, it is none of consent. */
function portOfConsent({ consent }: NodeDescriptor, { node, expressionAt }: AnalysedNode): string | null {
  const { port, unless } = consent ?? {};
  if (port === undefined) return null;
  if (unless === undefined) return port;
  const unsure = expressionAt.has(unless.at) || valueAt(node.data.config, unless.at) === unless.is;
  return unsure ? null : port;
}
