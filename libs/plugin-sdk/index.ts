export * from './json.js';
export * from './descriptor.js';
export * from './failure.js';
export { mentionsSecret, secretReference, secretReferences } from './secret-reference.js';
export type * from './clients/index.js';
export * from './node-context.js';
export * from './node-definition.js';
export { BaseJoinNode, BaseScopeNode, BaseWaitNode, BaseWorkflowNode } from './class-form/base-nodes.js';
export {
  Condition,
  type ConfigClass,
  Field,
  type FieldOptions,
  fieldsOf,
  Json,
  type ListItem,
  ListOf,
  Literal,
  Nested,
  Secret,
  TakesSecrets,
} from './class-form/fields.js';
export * from './class-form/validators.js';
export { WorkflowNode, type WorkflowNodeOptions } from './class-form/workflow-node.js';
export { chanceFrom } from './definition/chance.js';
export { configClassOf } from './definition/config-class.js';
export { defaultsFilled } from './definition/defaults.js';
export { effectsOf } from './definition/effects.js';
export { isIdempotent } from './definition/idempotent.js';
export { valueAt } from './definition/pointer.js';
export type { NodeOutline } from './definition/node-outline.js';
export { portsOf } from './definition/ports.js';
export { usesPattern } from './definition/schema-pattern.js';
export { isNodeExport, toDefinition } from './definition/to-definition.js';
export { type ConfigOf, field, type Fields, type FieldSpec } from './plain-form/field.js';
export {
  type AnyOutline,
  defineNode,
  type DefinitionOf,
  type JoinOutline,
  type ScopeOutline,
  type TaskOutline,
  type To,
  type WaitOutline,
} from './plain-form/define-node.js';
export * from './tools/index.js';
export { lastTime, nextTime, recurrenceProblem, type Recurrence } from './time/cron.js';
