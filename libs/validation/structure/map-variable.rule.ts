import { shown } from '../issue.js';
import { rule } from '../rule.js';

const ORDERLESS = ['append', 'increment', 'decrement', 'get'];

/** Iterations that run side by side change a variable only in ways in which their order hardly matters. */
export const mapVariable = rule('structure.map_variable', ({ nodes, scopes, byId }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const variable = node.data.config['variable_name'];
    const operation = node.data.config['operation'] ?? 'set';
    if (definition === undefined || typeof variable !== 'string' || ORDERLESS.includes(String(operation))) return [];
    for (let scope = scopes.scopeOf.get(node.id); scope !== undefined; scope = scopes.scopeOf.get(scope)) {
      if (!runsSideBySide(byId.get(scope)?.definition?.descriptor.configSchema)) continue;
      const message = `The iterations of ${shown(scope)} run side by side, so which of them would set ${shown(variable)} last is chance. Use append or increment, or give the value to "back".`;
      return [{ path: `${path}/data/config/operation`, node_id: node.id, message }];
    }
    return [];
  }),
);

/** A scope that can be told how many iterations are at work at once. */
const runsSideBySide = (schema: { readonly [key: string]: unknown } | undefined): boolean =>
  Object.hasOwn((schema?.['properties'] ?? {}) as object, 'concurrency');
