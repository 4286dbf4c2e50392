import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { within } from './within.js';

export const fanOut = rule('resource.fan_out', ({ outgoing, byId, limits }) =>
  [...outgoing].flatMap(([id, edges]) =>
    [...Map.groupBy(edges, ({ edge }) => edge.source_handle)].flatMap(([port, leaving]) =>
      within({
        what: `edges out of the port ${shown(port)} of ${shown(id)}`,
        size: leaving.length,
        most: limits.fan_out,
        path: byId.get(id)?.path ?? '/edges',
        node_id: id,
        advice: 'Let a map do the same for many items.',
      }),
    ),
  ),
);
