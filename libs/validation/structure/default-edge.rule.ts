import { shown } from '../issue.js';
import { rule } from '../rule.js';

/**
 * 1. A port has one default edge at most.
 * 2. A default edge is taken when no other is: it has no condition of its own.
 */
export const defaultEdge = rule('structure.default_edge', ({ edges }) => {
  const defaults = edges.filter(({ edge }) => edge.data.default === true);
  const perPort = Map.groupBy(defaults, ({ edge }) => JSON.stringify([edge.source, edge.source_handle]));
  const second = [...perPort.values()].flatMap(([, ...others]) => others);
  return [
    ...second.map(({ edge, path }) => ({
      path: `${path}/data/default`,
      edge_id: edge.id,
      message: `The port ${shown(edge.source_handle)} of ${shown(edge.source)} has another default edge already. Keep one of them.`,
    })),
    ...defaults
      .filter(({ edge }) => typeof edge.data.condition === 'string')
      .map(({ edge, path }) => ({
        path: `${path}/data/condition`,
        edge_id: edge.id,
        message: 'A default edge is taken when no other is, so it has no condition. Leave out the one or the other.',
      })),
  ];
});
