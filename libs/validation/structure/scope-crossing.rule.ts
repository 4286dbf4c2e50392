import type { GraphEdge } from '#engine';
import type { AnalysedGraph } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** A body is entered by its scope's body port, and left by an edge into `back`. */
export const scopeCrossing = rule('structure.scope_crossing', (graph) => {
  const crossings = new Set(graph.scopes.crossings);
  return graph.edges
    .filter(({ edge }) => crossings.has(edge) && graph.byId.has(edge.source) && graph.byId.has(edge.target))
    .map(({ edge, path }) => ({ path, edge_id: edge.id, message: messageFor(edge, graph) }));
});

const ONLY_WAY_IN = "A body is entered only by its scope's own port.";

function messageFor({ source, target, target_handle }: GraphEdge, graph: AnalysedGraph): string {
  const { scopes } = graph;
  const around = scopes.scopeOf.get(source);
  const inside = scopes.scopeOf.get(target);
  const crossed = `The edge ${shown(source)} → ${shown(target)}`;
  if (source === target) return `${crossed} goes round an empty body. Put a node in it, and lead that to "back".`;
  if (target === around) {
    return `${crossed} leads from the body back to its scope. Let it enter "back" instead of ${shown(target_handle)}.`;
  }
  if (target_handle === 'back') {
    return `${crossed} enters "back", but ${shown(source)} is not in the body of ${shown(target)}. Only the end of its body leads there.`;
  }
  if (inside === undefined) return `${crossed} crosses the border of a body. ${ONLY_WAY_IN}`;
  return `${crossed} enters the body of ${shown(inside)} from outside. ${wayOut(inside, target, graph)}`;
}

/** What leads out of a body draws the target into it: then the edge from inside is the wrong one. */
function wayOut(scope: string, target: string, { scopes, incoming }: AnalysedGraph): string {
  const leaving = (incoming.get(target) ?? []).find(({ edge }) => scopes.bodies.get(scope)!.has(edge.source));
  if (!leaving) return ONLY_WAY_IN;
  return `${shown(target)} also stands behind ${shown(leaving.edge.source)} in that body: let that edge enter "back" of ${shown(scope)} instead.`;
}
