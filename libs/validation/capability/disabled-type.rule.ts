import { rule } from '../rule.js';

/** A type that was switched off on this server does not run, though a plugin provides it. */
export const disabledType = rule('capability.disabled_type', ({ nodes, request }) =>
  nodes
    .filter(({ node, definition }) => definition !== undefined && request.disabledTypes.has(node.type))
    .map(({ node, path }) => ({
      path: `${path}/type`,
      node_id: node.id,
      message: `The node type "${node.type}" is switched off on this server. Use another, or have it switched on.`,
    })),
);
