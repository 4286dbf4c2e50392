export { ExpressionError, type ExpressionErrorCode, type ExpressionPlace } from './expression-error.js';
export type { Names } from './evaluation.js';
export { parseCondition, parseExpression, type Condition, type Expression } from './expression.js';
export * from './limits.js';
export type { Reference } from './references.js';
export { checkTypes, type StaticIssue, type StaticTypes } from './static-check.js';
export {
  collectErrors,
  parseTemplate,
  type Template,
  type TemplateExpression,
  type TemplateFields,
} from './template.js';
