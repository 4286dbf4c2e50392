import { sizeRule } from '../rule.js';
import { within } from './within.js';

export const edges = sizeRule('resource.edges', (graph, limits) =>
  within({
    what: 'edges',
    size: graph.edges.length,
    most: limits.edges,
    path: '/edges',
    advice: 'Split the workflow.',
  }),
);
