import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** What handles errors stands behind an error port: elsewhere there is nothing to handle. */
export const handlerPlace = rule('structure.handler_place', ({ nodes, incoming }) =>
  nodes.flatMap(({ node, path, definition }) => {
    if (definition === undefined || !('retriesFor' in definition)) return [];
    const ways = incoming.get(node.id) ?? [];
    if (ways.length === 0 || ways.some(({ edge }) => edge.source_handle === 'error')) return [];
    const message = `${shown(node.id)} handles errors, but no error port leads to it. Connect the port "error" of the node whose failure it is for.`;
    return [{ path, node_id: node.id, severity: 'warning', message }];
  }),
);
