import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { within } from './within.js';

/** No attempt takes longer than this. Waits are no attempts: they take no time of anybody. */
export const runningTime = rule('resource.running_time', ({ nodes, limits }) =>
  nodes.flatMap(({ node, path }) => {
    const { timeout_ms: timeout } = node.data;
    if (typeof timeout !== 'number') return [];
    return within({
      what: `ms for one attempt of ${shown(node.id)}`,
      size: timeout,
      most: limits.timeout_ms,
      path: `${path}/data/timeout_ms`,
      node_id: node.id,
      advice: 'Set a shorter timeout_ms.',
    });
  }),
);
