import { executionCosts } from './analytics/execution-costs.projection.js';
import { conversations } from './conversations/conversations.projection.js';
import { approvals } from './approvals/approvals.projection.js';
import { definitions } from './definitions/definitions.projection.js';
import { documents } from './documents/documents.projection.js';
import { executions } from './executions/executions.projection.js';
import { timers } from './timers/timers.projection.js';
import { plugins } from './plugins/plugins.projection.js';
import { templates } from './templates/templates.projection.js';
import { archivedExecutions } from './archived/archived-executions.projection.js';
import { keepingArchived, keptRows } from './archived/kept-rows.js';
import type { Projection } from './projection.js';

/** Everything that is listed. What follows the streams of executions keeps what is archived of them. */
export const projections: readonly Projection[] = [
  keepingArchived(executions as Projection),
  keepingArchived(executionCosts as Projection),
  definitions as Projection,
  conversations as Projection,
  keepingArchived(approvals as Projection),
  keepingArchived(timers as Projection),
  documents as Projection,
  templates as Projection,
  plugins as Projection,
  archivedExecutions as Projection,
];

/** What is listed of an execution that is being archived: the `payload` of its `ExecutionArchived`. */
export const rowsToKeep = (events: Parameters<typeof keptRows>[1]) => keptRows(projections, events);
