import { shown } from '../issue.js';
import { rule } from '../rule.js';

/** An execution does not end in the middle of an iteration. */
export const endInBody = rule('structure.end_in_body', ({ nodes, scopes }) =>
  nodes.flatMap(({ node, path, definition }) => {
    const scope = scopes.scopeOf.get(node.id);
    if (!definition?.descriptor.terminal || scope === undefined) return [];
    const message = `The end ${shown(node.id)} stands in the body of ${shown(scope)}. Let the body end in an edge to "back" of ${shown(scope)}, and put the end behind it.`;
    return [{ path, node_id: node.id, message }];
  }),
);
