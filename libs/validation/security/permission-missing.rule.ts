import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { literalTarget } from './literal-target.js';

/** A node type from outside reaches the hosts of its manifest, and no others. */
export const permissionMissing = rule('security.permission_missing', ({ nodes, request: { facts } }) =>
  nodes.flatMap((node) => {
    const permissions = facts?.permissionsOf(node.node.type);
    const host = literalTarget(node)?.host;
    if (!permissions || host === undefined || permissions.http.some((allowed) => covers(allowed, host))) return [];
    const message = `The plugin of ${shown(node.node.type)} may not reach ${shown(host)}: its manifest does not list it. Call another host, or have the permission granted.`;
    return [{ path: `${node.path}/data/config/url`, node_id: node.node.id, message }];
  }),
);

/** A plugin that may reach everything: worth a look. */
export const wideGrant = rule('security.wide_grant', ({ nodes, request: { facts } }) =>
  nodes.flatMap(({ node, path }) => {
    const wide = [...(facts?.permissionsOf(node.type)?.http ?? [])].includes('*');
    if (!wide) return [];
    const message = `The plugin of ${shown(node.type)} may reach every host. Ask for one that names those that it needs.`;
    return [{ path: `${path}/type`, node_id: node.id, severity: 'warning', message }];
  }),
);

const covers = (allowed: string, host: string): boolean =>
  allowed === '*' || allowed === host || (allowed.startsWith('*.') && host.endsWith(allowed.slice(1)));
