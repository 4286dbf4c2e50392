import { shown } from '../issue.js';
import { rule } from '../rule.js';
import { within } from './within.js';

export const scopeDepth = rule('resource.scope_depth', ({ scopes, byId, limits }) => {
  const depths = [...scopes.bodies.keys()].map((id) => ({ id, depth: depthOf(id, scopes.scopeOf) }));
  const deepest = depths.reduce((most, one) => (one.depth > most.depth ? one : most), { id: '', depth: 0 });
  const node = byId.get(deepest.id);
  if (!node) return [];
  return within({
    what: `scopes inside each other, down to ${shown(deepest.id)},`,
    size: deepest.depth,
    most: limits.scope_depth,
    path: node.path,
    node_id: deepest.id,
    advice: 'Nest less deeply.',
  });
});

/** Counts itself. Bodies that contain each other do not lead round and round. */
function depthOf(id: string, scopeOf: ReadonlyMap<string, string>): number {
  const around = new Set([id]);
  for (const each of around) {
    const outer = scopeOf.get(each);
    if (outer !== undefined) around.add(outer);
  }
  return around.size;
}
