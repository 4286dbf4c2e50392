import type { JoinDefinition } from '#plugin-sdk';
import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** A join can be met: it waits for at least one arrival, and for no more than there are edges. */
export const join = rule('structure.join_never_holds', ({ nodes, incoming }) =>
  nodes.flatMap(({ node, path, definition }) => {
    if (definition?.descriptor.kind !== 'join') return [];
    const { mode, n } = (definition as JoinDefinition).join(node.data.config);
    const edges = (incoming.get(node.id) ?? []).length;
    if (mode !== 'n' || edges === 0 || (n >= 1 && n <= edges)) return [];
    const advice =
      n < 1
        ? 'Wait for at least 1.'
        : `${edges === 1 ? 'Only 1 edge leads' : `Only ${edges} edges lead`} there: wait for at most ${edges}, or connect more.`;
    const message = `${shown(node.id)} waits for ${n} arrivals. ${advice}`;
    return [{ path: `${path}/data/config/n`, node_id: node.id, message }];
  }),
);
