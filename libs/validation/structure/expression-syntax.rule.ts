import { rule } from '../rule.js';

/** Every expression can be read. */
export const expressionSyntax = rule('structure.expression_syntax', ({ expressionErrors }) =>
  expressionErrors.map(({ at, error }) => ({ ...at, message: error.message })),
);
