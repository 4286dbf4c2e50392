import { checkTypes, didYouMean, type Reference } from '#engine';
import type { AnalysedGraph, PlacedExpression } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { liesWithin, namesAround, namesAtPlace } from '../names.js';
import { rule } from '../rule.js';

/** `secrets` at the end of the list of names. */
const UNADVERTISED = /, secrets\.(?= |$)/;

/**
 * An expression names only what can be there.
 *
 * 1. Its first name is one of those that stand at this place: `item` in a body, `error` behind an error port.
 * 2. `nodes.<id>` is a node of the graph, `scopes.<id>` a scope around this place.
 */
export const unknownName = rule('structure.unknown_name', (graph) => {
  const names = namesAround(graph);
  return graph.expressions.flatMap((placed) => {
    const roots = [...namesAtPlace(placed, graph, names), 'secrets']; // where a secret may stand is a question of security
    const problem = (reference: Reference): string | null => problemOf(reference, placed, graph);
    return checkTypes(placed.expression, { roots, problem })
      .filter(({ kind }) => kind === 'reference')
      .map(({ message }) => ({ ...placed.at, message: message.replace(UNADVERTISED, '.') }));
  });
});

/** Rule 2. */
function problemOf({ root, path: [id] }: Reference, placed: PlacedExpression, graph: AnalysedGraph): string | null {
  const { byId, scopes } = graph;
  if (id === undefined) return null;
  if (root === 'nodes' && !byId.has(id)) return `There is no node ${shown(id)}.${didYouMean(id, byId.keys())}`;
  if (root !== 'scopes' || liesWithin(id, placed, graph)) return null;
  return byId.has(id)
    ? `This is not in the body of ${shown(id)}, so there is no scopes.${id} here.`
    : `There is no scope ${shown(id)}.${didYouMean(id, scopes.bodies.keys())}`;
}
