import type { AnalysedEdge, AnalysedGraph } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule, type Finding } from '../rule.js';

/**
 * Nothing leads back but into the handle `back` of a scope. An edge that crosses a scope on its way is a finding of
 * that rule already.
 */
export const cycle = rule('structure.cycle', (graph) => {
  const crossings = new Set(graph.scopes.crossings);
  return cyclesOf(graph)
    .filter((edges) => !edges.some(({ edge }) => crossings.has(edge)))
    .map(findingFor);
});

function findingFor(edges: readonly AnalysedEdge[]): Finding {
  const last = edges.at(-1)!;
  const ids = [...edges.map(({ edge }) => edge.source), last.edge.target];
  const message = `The edges ${ids.map(shown).join(' → ')} lead in a circle. Repeat with a loop node: its body ends in an edge to its handle "back".`;
  return { path: last.path, edge_id: last.edge.id, node_id: last.edge.target, message };
}

interface WayStation {
  readonly id: string;
  readonly by: AnalysedEdge | null;
  next: number;
}

/** One cycle for each edge that leads back to a node on the way to it, no two through the same node. */
function cyclesOf({ nodes, outgoing }: AnalysedGraph): readonly (readonly AnalysedEdge[])[] {
  const cycles: (readonly AnalysedEdge[])[] = [];
  const done = new Set<string>();
  const reported = new Set<string>();
  for (const { node } of nodes) if (!done.has(node.id)) walk(node.id);
  return cycles;

  /** Depth first, without recursion: a long chain is no reason to run out of stack. */
  function walk(start: string): void {
    const onWay = new Map([[start, 0]]);
    const way: WayStation[] = [{ id: start, by: null, next: 0 }];
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const edge = outgoing.get(at.id)?.[at.next++];
      if (edge === undefined) {
        done.add(at.id);
        onWay.delete(at.id);
        way.pop();
      } else if (!edge.back) step(edge, way, onWay);
    }
  }

  function step(edge: AnalysedEdge, way: WayStation[], onWay: Map<string, number>): void {
    const { target } = edge.edge;
    const since = onWay.get(target);
    if (since !== undefined) report([...way.slice(since + 1).map(({ by }) => by!), edge]);
    else if (!done.has(target)) {
      onWay.set(target, way.length);
      way.push({ id: target, by: edge, next: 0 });
    }
  }

  function report(edges: readonly AnalysedEdge[]): void {
    const ids = edges.map(({ edge }) => edge.source);
    if (ids.some((id) => reported.has(id))) return;
    for (const id of ids) reported.add(id);
    cycles.push(edges);
  }
}
