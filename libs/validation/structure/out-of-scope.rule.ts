import { shown } from '../issue.js';
import { liesWithin } from '../names.js';
import { rule } from '../rule.js';

/** The nodes of a body are not seen from outside: each iteration has its own. */
export const outOfScope = rule('structure.out_of_scope', (graph) =>
  graph.expressions.flatMap((placed) => {
    const references = placed.expression.references.filter(({ root }) => root === 'nodes');
    const ids = new Set(references.flatMap(({ path }) => path.slice(0, 1)));
    return [...ids].flatMap((id) => {
      const scope = graph.scopes.scopeOf.get(id);
      if (scope === undefined || liesWithin(scope, placed, graph)) return [];
      const message = `${shown(id)} stands in the body of ${shown(scope)}, and what happens there is not seen from outside. Read the output of ${shown(scope)} instead.`;
      return [{ ...placed.at, message }];
    });
  }),
);
