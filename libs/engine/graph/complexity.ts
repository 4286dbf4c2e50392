import type { Graph, GraphEdge } from './graph.js';

/** How intricate a graph is. */
export interface Complexity {
  readonly nodes: number;
  readonly edges: number;
  /** Nodes that more than one edge leaves. */
  readonly branches: number;
  /** Nodes on the longest way from an entry to an end; the way back of a loop does not count. */
  readonly depth: number;
  /** Nodes that a way leads back to. */
  readonly loops: number;
  /** Edges − nodes + 2 for each part that hangs together: 1 for a single line. */
  readonly cyclomatic: number;
}

/** In time linear in nodes and edges. Edges to or from nodes that are not there do not count. */
export function complexityOf({ nodes, edges }: Graph): Complexity {
  const ids = new Set(nodes.map(({ id }) => id));
  const real = edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  const leaving = Map.groupBy(real, ({ source }) => source);
  const isBack = ({ target_handle }: GraphEdge) => target_handle === 'back';
  return {
    nodes: ids.size,
    edges: real.length,
    branches: [...leaving.values()].filter((out) => out.filter((edge) => !isBack(edge)).length > 1).length,
    depth: depthOf(
      ids,
      real.filter((edge) => !isBack(edge)),
    ),
    loops: new Set(real.filter(isBack).map(({ target }) => target)).size,
    cyclomatic: ids.size === 0 ? 0 : real.length - ids.size + 2 * partsOf(ids, real),
  };
}

/** Layer by layer: a node is passed when all that leads to it has been. */
function depthOf(ids: ReadonlySet<string>, edges: readonly GraphEdge[]): number {
  const leaving = Map.groupBy(edges, ({ source }) => source);
  const waitsFor = new Map([...ids].map((id) => [id, 0]));
  for (const { target } of edges) waitsFor.set(target, waitsFor.get(target)! + 1);
  const next = (id: string): string[] =>
    (leaving.get(id) ?? []).flatMap(({ target }) => {
      const left = waitsFor.get(target)! - 1;
      waitsFor.set(target, left);
      return left === 0 ? [target] : [];
    });
  let depth = 0;
  for (let layer = [...ids].filter((id) => waitsFor.get(id) === 0); layer.length > 0; layer = layer.flatMap(next))
    depth += 1;
  return depth;
}

function partsOf(ids: ReadonlySet<string>, edges: readonly GraphEdge[]): number {
  const leaving = Map.groupBy(edges, ({ source }) => source);
  const entering = Map.groupBy(edges, ({ target }) => target);
  const seen = new Set<string>();
  let parts = 0;
  for (const first of ids) {
    if (seen.has(first)) continue;
    parts += 1;
    for (const open = [first]; open.length > 0;) {
      const id = open.pop()!;
      if (seen.has(id)) continue;
      seen.add(id);
      for (const { target } of leaving.get(id) ?? []) open.push(target);
      for (const { source } of entering.get(id) ?? []) open.push(source);
    }
  }
  return parts;
}
