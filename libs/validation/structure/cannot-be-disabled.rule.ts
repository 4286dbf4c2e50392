import { rule } from '../rule.js';

/** What decides the way on cannot be switched off: nothing could take its place. */
export const cannotBeDisabled = rule('structure.cannot_be_disabled', ({ nodes }) =>
  nodes
    .filter(({ node, definition }) => node.data.enabled === false && definition?.descriptor.canBeDisabled === false)
    .map(({ node, path }) => ({
      path: `${path}/data/enabled`,
      node_id: node.id,
      message: `A node of the type "${node.type}" cannot be switched off. Leave "enabled" out, or take the node away.`,
    })),
);
