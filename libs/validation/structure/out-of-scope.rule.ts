import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** The nodes of a body are not seen from outside: each iteration has its own. */
export const outOfScope = rule('structure.out_of_scope', ({ expressions, byId, scopes }) =>
  expressions.flatMap(({ expression, path, node, edge_id }) => {
    const ids = expression.references.filter(({ root }) => root === 'nodes').map((reference) => reference.path[0]);
    return [...new Set(ids)].flatMap((id) => {
      const scope = id === undefined || !byId.has(id) ? undefined : scopes.scopeOf.get(id);
      if (id === undefined || scope === undefined || scopes.bodies.get(scope)!.has(node)) return [];
      const message = `${shown(id)} stands in the body of ${shown(scope)}, and what happens there is not seen from outside. Read the output of ${shown(scope)} instead.`;
      return [{ path, ...(edge_id === undefined ? { node_id: node } : { edge_id }), message }];
    });
  }),
);
