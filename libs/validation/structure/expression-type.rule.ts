import { checkTypes } from '#engine';
import { rule } from '../rule.js';

/** What fails whatever the data are: a text plus a number, a condition that is no bool. */
export const expressionType = rule('structure.expression_type', ({ expressions }) =>
  expressions.flatMap(({ expression, condition, at }) =>
    checkTypes(expression, { condition })
      .filter(({ kind }) => kind === 'type')
      .map(({ message }) => ({ ...at, message })),
  ),
);
