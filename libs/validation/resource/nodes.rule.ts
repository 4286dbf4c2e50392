import { sizeRule } from '../rule.js';
import { within } from './within.js';

export const nodes = sizeRule('resource.nodes', (graph, limits) =>
  within({
    what: 'nodes',
    size: graph.nodes.length,
    most: limits.nodes,
    path: '/nodes',
    advice: 'Split the workflow, or let a map repeat what is alike.',
  }),
);
