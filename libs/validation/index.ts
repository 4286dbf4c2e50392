export type { Layer, LayeredIssue, RuleName, Severity, ValidationIssue } from './issue.js';
export { defaultValidationLimits, type ValidationLimits } from './limits.js';
export type * from './server-facts.js';
export { rules as validationRules, sizeRules as validationSizeRules } from './rules.js';
export {
  type LayerAnswer,
  type RequestBounds,
  type SentGraph,
  type ValidationAnswer,
  ValidationResult,
  type ValidatorOptions,
  WorkflowValidator,
} from './validate.js';
