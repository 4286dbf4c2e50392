import { rule } from '../rule.js';

/** A graph has something to do. */
export const noNodes = rule('structure.no_nodes', ({ nodes }) =>
  nodes.length > 0 ? [] : [{ path: '/nodes', message: 'The workflow has no nodes. Add at least one.' }],
);
