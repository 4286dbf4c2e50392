import { rule } from '../rule.js';

/** Something has to come first. */
export const noEntry = rule('structure.no_entry', ({ nodes, scopes }) =>
  nodes.length === 0 || scopes.entries.length > 0
    ? []
    : [
        {
          path: '/nodes',
          message: 'Every node has an edge leading to it, so nothing comes first. Add a start node, or delete an edge.',
        },
      ],
);
