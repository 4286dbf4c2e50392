import type { AnalysedGraph, AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/**
 * A workflow that calls itself.
 *
 * 1. Where every run of it comes to the call, none would ever end.
 * 2. Behind a choice it may be meant: it ends by that choice, or at the tenth call inside another.
 */
export const selfCall = rule('structure.self_call', (graph) => {
  const { definitionId } = graph.request;
  const calls = graph.nodes.filter((node) => definitionId !== null && calledBy(node) === definitionId);
  if (calls.length === 0) return [];
  const certain = reachedByEveryRun(graph);
  return calls.map(({ node, path }) => {
    const at = { path: `${path}/data/config/definition_id`, node_id: node.id };
    return certain.has(node.id)
      ? {
          ...at,
          message: `${shown(node.id)} calls this workflow itself in every run, so none would end. Call another, or put a condition before it.`,
        } // rule 1
      : {
          ...at,
          severity: 'warning',
          message: `${shown(node.id)} calls this workflow itself. Make sure that it ends: at ten calls inside each other it fails.`,
        }; // rule 2
  });
});

/** The UUID of the definition that a node runs, where its type has that field and it stands there literally. */
function calledBy({ definition, node }: AnalysedNode): string | null {
  const fields = (definition?.descriptor.configSchema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  const { definition_id: id } = node.data.config;
  return 'definition_id' in fields && typeof id === 'string' ? id.replace(/^wf_/, '') : null;
}

/** What comes after the entry by edges that nothing decides: of a node's only port, without a condition. */
function reachedByEveryRun({ byId, outgoing, scopes }: AnalysedGraph): ReadonlySet<string> {
  const reached = new Set(scopes.entries);
  for (const id of reached) {
    if (byId.get(id)?.ports.length !== 1) continue;
    for (const { edge } of outgoing.get(id) ?? []) {
      const { condition, default: otherwise } = edge.data;
      const decided = edge.source_handle === 'error' || typeof condition === 'string' || otherwise === true;
      if (!decided) reached.add(edge.target);
    }
  }
  return reached;
}
