import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** A plugin that may reach everything of one kind: worth a look. */
export const wideGrant = rule('security.wide_grant', ({ nodes, request: { facts } }) =>
  nodes.flatMap(({ node, path }) => {
    const permissions = facts?.permissionsOf(node.type);
    if (!permissions) return [];
    const wide = (['http', 'models', 'tools'] as const).filter((kind) => permissions[kind]?.includes('*'));
    if (wide.length === 0) return [];
    const message = `The plugin of ${shown(node.type)} may use every one of: ${wide.join(', ')}. Ask for one that names those that it needs.`;
    return [{ path: `${path}/type`, node_id: node.id, severity: 'warning', message }];
  }),
);
