import type { AnalysedGraph, PlacedExpression } from './analysed-graph.js';

const EVERYWHERE = ['input', 'incoming', 'params', 'variables', 'nodes', 'scopes', 'execution', 'conversation'];

/** What of the graph decides which names there are: found once for all expressions. */
export interface NamesAround {
  /** Nodes that a failure can lead to: behind an error port, or to undo what was done before it. */
  readonly behindErrors: ReadonlySet<string>;
}

export function namesAround({ nodes, edges, outgoing, scopes }: AnalysedGraph): NamesAround {
  const behindErrors = new Set([
    ...nodes.flatMap(({ node }) => node.data.compensate ?? []),
    ...edges.filter(({ edge }) => edge.source_handle === 'error').map(({ edge }) => edge.target),
  ]);
  for (const id of behindErrors) {
    for (const { edge, back } of outgoing.get(id) ?? []) {
      // An iteration begins anew: the failure before its scope is not seen in it.
      if (!back && scopes.scopeOf.get(id) === scopes.scopeOf.get(edge.target)) behindErrors.add(edge.target);
    }
  }
  return { behindErrors };
}

/**
 * The names at one place.
 *
 * 1. `item` and `index` stand in a body, and on the edges out of a scope's body port.
 * 2. A scope's own config also has its own `index` and `last`: its condition is asked before each iteration.
 * 3. `error` stands behind an error port, its own edges included, and in what undoes another node.
 */
export function namesAtPlace(
  { node, edge, inOwnBody }: PlacedExpression,
  { scopes, byId }: AnalysedGraph,
  { behindErrors }: NamesAround,
): readonly string[] {
  const isScope = byId.get(node)?.definition?.descriptor.bodyPort !== undefined;
  const inBody = inOwnBody || scopes.scopeOf.has(node); // rule 1
  const own = edge === null && isScope ? ['index', 'last'] : []; // rule 2
  const failed = edge?.source_handle === 'error' || (!inOwnBody && behindErrors.has(node)); // rule 3
  return [...new Set([...EVERYWHERE, ...(inBody ? ['item', 'index'] : []), ...own, ...(failed ? ['error'] : [])])];
}

/** Whether a place lies in an iteration of this scope, so that it sees its nodes, its item and its index. */
export const liesWithin = (scope: string, { node, inOwnBody }: PlacedExpression, { scopes }: AnalysedGraph): boolean =>
  scopes.bodies.get(scope)?.has(node) === true || (inOwnBody && scope === node);
