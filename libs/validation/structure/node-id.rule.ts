import { shown } from '../issue.js';
import { rule } from '../rule.js';

const NODE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids stand in paths, in expressions and in streams. */
export const nodeId = rule('structure.node_id', ({ nodes }) =>
  nodes
    .filter(({ node }) => !NODE_ID.test(node.id))
    .map(({ node, path }) => ({
      path: `${path}/id`,
      node_id: node.id,
      message: `${shown(node.id)} is no node id. Use 1 to 64 letters, digits, "_" and "-".`,
    })),
);
