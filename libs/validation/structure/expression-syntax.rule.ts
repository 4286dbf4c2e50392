import { rule } from '../rule.js';

/** Every expression can be read. */
export const expressionSyntax = rule('structure.expression_syntax', ({ expressionErrors }) =>
  expressionErrors.map(({ path, node, edge_id, error }) => ({
    path,
    ...(edge_id === undefined ? { node_id: node } : { edge_id }),
    message: error.message,
  })),
);
