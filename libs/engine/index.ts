export * from './expression/index.js';
export * from './graph/index.js';
export type * from './graph/graph.js';
export { secretsNamed } from './graph/compiled-graph.js';
export {
  calledTypes,
  compileGraph,
  type CompiledGraph,
  type CompiledNode,
  type UsableNode,
} from './graph/compiled-graph.js';
export type * from './execution/execution.events.js';
export type * from './execution/execution.commands.js';
export { eventSchemas } from './event-schemas.js';
export type * from './archive/archive.events.js';
export { referredPayloads } from './archive/referred-payloads.js';
export { decide, decideRefused } from './execution/execution.decider.js';
export { evolve } from './execution/execution.evolve.js';
export {
  hasEnded,
  initialState,
  isLeaf,
  isSettled,
  isWaiting,
  mayRun,
  nextDue,
  type ExecutionState,
  type Step,
} from './execution/execution.state.js';
export { stepOfApproval } from './execution/approval-vote.js';
export { nodeOfStep } from './execution/step-node.js';
export { isWithin, nodeIdOf } from './execution/path.js';
export { ordered } from './execution/ordered-json.js';
export { Refusal } from './execution/refusal.js';
export { failureOf, resolveStep, type StepInput } from './execution/step-input.js';
export { arrivalsAt, errorBefore, executionFacts, nodesInScope, wireStatus } from './execution/scope-names.js';
export * from './definition/definition.decider.js';
export * from './definition/draft.decider.js';
export * from './account/account.decider.js';
export * from './document/document.decider.js';
export * from './secret/secret.decider.js';
export * from './plugin/plugin.decider.js';
export type * from './conversation/conversation.events.js';
export * from './conversation/conversation.decider.js';
export { chatGraph, type ChatOptions } from './conversation/chat-graph.js';
export * from './template/template.decider.js';
export {
  checkParameters,
  MOST_PARAMETERS,
  parameterTypes,
  type ParameterFinding,
  type ParameterType,
  type TemplateParameter,
} from './template/parameters.js';
export { fillDefaults, fillParameters, MAX_FILLED_LENGTH, type FilledGraph } from './template/fill-parameters.js';
export { checkParameterUse } from './template/parameter-use.js';
