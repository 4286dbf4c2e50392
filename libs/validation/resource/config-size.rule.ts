import { shown } from '../issue.js';
import { sizeRule } from '../rule.js';
import { within } from './within.js';

export const configSize = sizeRule('resource.config_size', ({ nodes }, limits) =>
  nodes.flatMap(({ id, data }, index) =>
    within({
      what: `characters in the config of ${shown(id)}`,
      size: lengthOf(data.config, limits.config_size),
      most: limits.config_size,
      path: `/nodes/${index}/data/config`,
      node_id: id,
      advice: 'Keep large data outside, and fetch it when it is needed.',
    }),
  ),
);

/** As JSON writes it, roughly; stops counting once it is far over. Needs no recursion: depth is another rule's question. */
function lengthOf(config: unknown, most: number): number {
  let length = 0;
  const open: unknown[] = [config];
  while (open.length > 0 && length <= most * 2) {
    const value = open.pop();
    if (typeof value === 'string') length += value.length + 2;
    else if (value === null || typeof value !== 'object') length += String(value).length;
    else if (Array.isArray(value)) {
      length += value.length + 2;
      for (const item of value) open.push(item);
    } else {
      length += 2;
      for (const [key, member] of Object.entries(value)) {
        length += key.length + 4;
        open.push(member);
      }
    }
  }
  return length;
}
