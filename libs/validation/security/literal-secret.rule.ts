import { rule, type Finding } from '../rule.js';
import { secretIn, withoutSecrets } from './secret-patterns.js';
import { stringsOf } from './strings-of.js';

/**
 * A secret does not stand in a graph, which is published, shown and kept for ever. The finding does not repeat it, nor
 * a key that is one.
 */
export const literalSecret = rule('security.literal_secret', ({ nodes, edges, request }) => [
  ...nodes.flatMap(({ node, path }) => findingsIn(node.data, `${path}/data`, { node_id: node.id })),
  ...edges.flatMap(({ edge, path }) => findingsIn(edge.data, `${path}/data`, { edge_id: edge.id })),
  ...findingsIn(request.beside, '', {}),
]);

function findingsIn(value: unknown, root: string, place: Pick<Finding, 'node_id' | 'edge_id'>): readonly Finding[] {
  const found = new Map<string, string>();
  for (const { text, path } of stringsOf(value, root)) {
    const what = secretIn(text);
    if (what !== null && !found.has(path)) found.set(path, what);
  }
  return [...found].map(([path, what]) => ({
    ...place,
    path: withoutSecrets(path) === path ? path : root,
    message: `This looks like ${what}. Whoever may read the workflow could use it: keep it out of the graph, as a secret or in the input, and renew it.`,
  }));
}
