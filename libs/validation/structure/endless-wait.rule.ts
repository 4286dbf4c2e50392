import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** What could expire, and is not told when, waits as long as the execution may last. People who are asked may take their time. */
export const endlessWait = rule('structure.endless_wait', ({ nodes }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const { kind, configSchema, consent } = definition?.descriptor ?? {};
    const fields = (configSchema?.['properties'] ?? {}) as Readonly<Record<string, unknown>>;
    if (kind !== 'wait' || consent !== undefined || !('expires_ms' in fields)) return [];
    if (node.data.config['expires_ms'] !== undefined) return [];
    const message = `${shown(node.id)} waits without an end: nothing happens if what it waits for never comes. Set expires_ms.`;
    return [{ path: `${path}/data/config/expires_ms`, node_id: node.id, severity: 'warning', message }];
  }),
);
