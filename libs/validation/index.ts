export type { Layer, LayeredIssue, RuleName, Severity, ValidationIssue } from './issue.js';
export { defaultValidationLimits, type ValidationLimits } from './limits.js';
export {
  type LayerAnswer,
  type SentGraph,
  type ValidationAnswer,
  ValidationResult,
  type ValidatorOptions,
  WorkflowValidator,
} from './validate.js';
