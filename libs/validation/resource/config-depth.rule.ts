import { shown } from '../issue.js';
import { sizeRule } from '../rule.js';
import { within } from './within.js';

export const configDepth = sizeRule('resource.config_depth', ({ nodes }, limits) =>
  nodes.flatMap(({ id, data }, index) =>
    within({
      what: `levels in the data of ${shown(id)}`,
      size: depthOf(data),
      most: limits.config_depth,
      path: `/nodes/${index}/data`,
      node_id: id,
      advice: 'Nest less deeply.',
    }),
  ),
);

/** Level by level, without recursion: what is too deep for the stack has to be found as well. */
function depthOf(root: unknown): number {
  let depth = 0;
  for (let level: readonly unknown[] = [root]; level.length > 0; depth++) {
    level = level.flatMap((value) => (value !== null && typeof value === 'object' ? Object.values(value) : []));
  }
  return depth - 1;
}
