import type { AnalysedEdge, AnalysedGraph, AnalysedNode } from '../analysed-graph.js';
import { shown } from '../issue.js';
import { rule, type Finding } from '../rule.js';

/** A join can be met: it waits for one arrival at least, and for no more than can come. */
export const join = rule('structure.join_never_holds', (graph) =>
  graph.nodes.flatMap((node) => findingsFor(node, graph)),
);

function findingsFor(analysed: AnalysedNode, { incoming }: AnalysedGraph): readonly Finding[] {
  const { node, path } = analysed;
  const wanted = arrivalsWanted(analysed);
  const most = mostArrivals((incoming.get(node.id) ?? []).filter(({ back }) => !back));
  if (wanted === null || most === 0 || (wanted >= 1 && wanted <= most)) return [];
  const advice =
    wanted < 1
      ? 'Wait for at least 1.'
      : `No more than ${most} can come, since a node leaves by one port only: wait for at most ${most}, or connect more.`;
  const message = `${shown(node.id)} waits for ${wanted} arrivals. ${advice}`;
  return [{ path: `${path}/data/config/n`, node_id: node.id, message }];
}

/** Null for what counts nothing, or has a config that its type cannot read: that is a finding of its own. */
function arrivalsWanted({ definition, node }: AnalysedNode): number | null {
  if (definition === undefined || !('join' in definition)) return null;
  try {
    const { mode, n } = definition.join(node.data.config);
    return mode === 'n' && typeof n === 'number' ? n : null;
  } catch {
    return null;
  }
}

const mostArrivals = (edges: readonly AnalysedEdge[]): number =>
  [...Map.groupBy(edges, ({ edge }) => edge.source).values()].reduce((sum, ofOne) => sum + mostByOnePort(ofOne), 0);

const mostByOnePort = (edges: readonly AnalysedEdge[]): number =>
  Math.max(...[...Map.groupBy(edges, ({ edge }) => edge.source_handle).values()].map(({ length }) => length));
