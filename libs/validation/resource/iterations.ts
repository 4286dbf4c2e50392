import type { AnalysedGraph, AnalysedNode } from '../analysed-graph.js';
import { ASSUMED_ITERATIONS } from '../limits.js';

/** How often a scope's body runs each time the scope does, as far as its config tells. */
export function iterationsOf({ node }: AnalysedNode): number {
  const { items, max_iterations: bound } = node.data.config;
  if (Array.isArray(items)) return items.length;
  return typeof bound === 'number' && bound >= 0 ? bound : ASSUMED_ITERATIONS;
}

/** How often a node runs in one execution: the iterations of all scopes around it, multiplied. */
export function runsOf(graph: AnalysedGraph): (id: string) => number {
  const known = new Map<string, number>();
  return function runs(id: string): number {
    const kept = known.get(id);
    if (kept !== undefined) return kept;
    known.set(id, 1); // bodies that contain each other are a finding elsewhere; here they only have to end
    const scope = graph.scopes.scopeOf.get(id);
    const count = scope === undefined ? 1 : runs(scope) * iterationsOf(graph.byId.get(scope)!);
    known.set(id, count);
    return count;
  };
}
