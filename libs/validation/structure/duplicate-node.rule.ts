import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** An id is one node's. */
export const duplicateNode = rule('structure.duplicate_node', ({ nodes, byId }) =>
  nodes
    .filter((node) => byId.get(node.node.id) !== node)
    .map(({ node, path }) => ({
      path: `${path}/id`,
      node_id: node.id,
      message: `The id ${shown(node.id)} is taken by the node at ${byId.get(node.id)!.path}. Give this one an id of its own.`,
    })),
);
