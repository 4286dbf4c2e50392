import type { AnalysedGraph, PlacedExpression } from './analysed-graph.js';

const EVERYWHERE = ['input', 'incoming', 'params', 'variables', 'nodes', 'scopes', 'execution', 'conversation'];

/** What of the graph decides which names there are: found once for all expressions. */
export interface NamesAround {
  /** Nodes that a failure can lead to. */
  readonly behindErrors: ReadonlySet<string>;
}

export function namesAround({ edges, outgoing }: AnalysedGraph): NamesAround {
  const behindErrors = new Set(
    edges.filter(({ edge }) => edge.source_handle === 'error').map(({ edge }) => edge.target),
  );
  for (const id of behindErrors) {
    for (const { edge, back } of outgoing.get(id) ?? []) if (!back) behindErrors.add(edge.target);
  }
  return { behindErrors };
}

/**
 * The names at one place.
 *
 * 1. `item` and `index` stand in a body, and on the edges out of a scope's body port.
 * 2. A scope's own config also has its own `index` and `last`: its condition is asked before each iteration.
 * 3. `error` stands behind an error port, its own edges included.
 */
export function namesAtPlace(
  { node, edge_id }: PlacedExpression,
  { scopes, byId, edges }: AnalysedGraph,
  { behindErrors }: NamesAround,
): readonly string[] {
  const edge = edge_id === undefined ? undefined : edges.find((each) => each.edge.id === edge_id)?.edge;
  const bodyPort = byId.get(node)?.definition?.descriptor.bodyPort;
  const inBody = scopes.scopeOf.has(node) || (edge !== undefined && edge.source_handle === bodyPort); // rule 1
  const own = edge === undefined && bodyPort !== undefined ? ['index', 'last'] : []; // rule 2
  const failed = behindErrors.has(node) || edge?.source_handle === 'error'; // rule 3
  return [...new Set([...EVERYWHERE, ...(inBody ? ['item', 'index'] : []), ...own, ...(failed ? ['error'] : [])])];
}
