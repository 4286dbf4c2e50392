import { didYouMean } from '#engine';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** Both ends of an edge are nodes of the graph. */
export const danglingEdge = rule('structure.dangling_edge', ({ edges, byId }) =>
  edges.flatMap(({ edge, path }) =>
    (['source', 'target'] as const)
      .filter((end) => !byId.has(edge[end]))
      .map((end) => ({
        path: `${path}/${end}`,
        edge_id: edge.id,
        message: `The ${end} of this edge is ${shown(edge[end])}, which is no node here.${didYouMean(edge[end], byId.keys())} Lead it to a node, or delete it.`,
      })),
  ),
);
