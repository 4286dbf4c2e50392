import { rule } from '../rule.js';

/** A version that has a successor still runs. */
export const oldVersion = rule('capability.old_version', ({ nodes, types }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const newest = types.find(node.type)?.descriptor.version;
    const used = definition?.descriptor.version;
    if (newest === undefined || used === undefined || used >= newest) return [];
    const message = `This is version ${used} of "${node.type}"; there is ${newest}. Try it, and leave type_version out or raise it.`;
    return [{ path: `${path}/type_version`, node_id: node.id, severity: 'warning', message }];
  }),
);
