import { rule } from '../rule.js';

/** A type on its way out still runs. */
export const deprecatedType = rule('capability.deprecated_type', ({ nodes }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const deprecated = definition?.descriptor.deprecated;
    if (!deprecated) return [];
    const message = `The node type "${node.type}" is going away. Use "${deprecated.successor}" instead.`;
    return [{ path: `${path}/type`, node_id: node.id, severity: 'warning', message }];
  }),
);
