import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { iterationsOf } from './iterations.js';
import { within } from './within.js';

export const loopBound = rule('resource.loop_bound', ({ nodes, limits }) =>
  nodes
    .filter(({ definition }) => definition?.descriptor.kind === 'scope')
    .flatMap((scope) =>
      within({
        what: `iterations of ${shown(scope.node.id)}`,
        size: iterationsOf(scope),
        most: limits.loop_bound,
        path: `${scope.path}/data/config/${Array.isArray(scope.node.data.config['items']) ? 'items' : 'max_iterations'}`,
        node_id: scope.node.id,
        advice: 'Let it run less often, or split the work over several executions.',
      }),
    ),
);
