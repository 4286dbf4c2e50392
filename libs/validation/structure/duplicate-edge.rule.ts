import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** An id is one edge's: what was taken is recorded by it. */
export const duplicateEdge = rule('structure.duplicate_edge', ({ edges }) => {
  const first = new Map(edges.toReversed().map((edge) => [edge.edge.id, edge]));
  return edges
    .filter((edge) => first.get(edge.edge.id) !== edge)
    .map(({ edge, path }) => ({
      path: `${path}/id`,
      edge_id: edge.id,
      message: `The id ${shown(edge.id)} is taken by the edge at ${first.get(edge.id)!.path}. Give this one another, or leave it out.`,
    }));
});
