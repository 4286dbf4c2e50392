export { ReadModel, type Lag, type ParkedStream, type ReadModelCounts, type ReadModelOptions } from './read-model.js';
export { rowsToKeep } from './projections.js';
export { ArchivedExecutionQueries, type ArchivedExecution } from './archived/archived-executions.queries.js';
export { QueryRefused } from './listing/query-refusal.js';
export type { Page } from './listing/listing.js';
export type { ListedStatus } from './executions/execution.entity.js';
export {
  ExecutionQueries,
  type ExecutionFilter,
  type ExecutionSort,
  type ListedExecution,
} from './executions/executions.queries.js';
export {
  DefinitionQueries,
  type ActiveDefinition,
  type DefinitionFilter,
  type DefinitionSort,
  type ListedDefinition,
} from './definitions/definitions.queries.js';
export {
  ConversationQueries,
  type ConversationFilter,
  type ConversationSort,
  type ListedConversation,
} from './conversations/conversations.queries.js';
export { DocumentQueries, type DocumentFilter, type ListedDocument } from './documents/documents.queries.js';
export {
  DocumentIndex,
  type IndexedDocument,
  type IndexHit,
  type IndexQuery,
} from './document-search/document-index.js';
export { DocumentVectors, type NearQuery, type UnembeddedPart } from './document-search/document-vectors.js';
export { mergeHits } from './document-search/merge-hits.js';
export { ApprovalQueries, type ApprovalFilter, type ListedApproval } from './approvals/approvals.queries.js';
export {
  TemplateQueries,
  type BuiltInRow,
  type ListedTemplate,
  type TemplateFilter,
  type TemplateSort,
} from './templates/templates.queries.js';
export { TemplateUsageQueries, type TemplateUsage } from './templates/template-usage.queries.js';
export {
  DefinitionUsageQueries,
  type Bottleneck,
  type DefinitionUsage,
  type ModelUsage,
  type NodeUsage,
  type Period,
} from './analytics/definition-usage.queries.js';
export { OverviewQueries, type Day, type Overview } from './analytics/overview.queries.js';
export type { Times, Usage } from './analytics/usage.js';
export { PluginQueries, type ListedPlugin, type PluginFilter, type PluginSort } from './plugins/plugins.queries.js';
export { TimerQueries, type ListedTimer, type TimerFilter } from './timers/timers.queries.js';
export type { Timer } from './timers/timer.entity.js';
export type { Approval, ApprovalStatus } from './approvals/approval.entity.js';
export { dropTables } from './database/drop-tables.js';
export type { ReadDatabaseAddress } from './database/read-database.js';
export type { LogAddress } from './projector/log-address.js';
export type { EventReader } from './projector/lane.js';
export type { ProjectorCounts, ProjectorStatus } from './projector/projector-status.js';
export type { Fact, Projection, Recorded, Row, TableShape } from './projection.js';
