import type { AnalysedGraph } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Every node can be reached from the entry, or compensates one that can. Without one entry there is nothing to measure from. */
export const unreachableNode = rule('structure.unreachable_node', (graph) => {
  const { entry } = graph.scopes;
  if (entry === null) return [];
  const reached = reachedFrom(entry, graph);
  return graph.nodes
    .filter(({ node }) => !reached.has(node.id))
    .map(({ node, path }) => ({
      path,
      node_id: node.id,
      message: `No way leads from ${shown(entry)} to ${shown(node.id)}, so it would never run. Connect it, or delete it.`,
    }));
});

function reachedFrom(entry: string, { outgoing, byId }: AnalysedGraph): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const id of reached) {
    for (const { edge } of outgoing.get(id) ?? []) reached.add(edge.target);
    const compensation = byId.get(id)?.node.data.compensate;
    if (typeof compensation === 'string') reached.add(compensation);
  }
  return reached;
}
