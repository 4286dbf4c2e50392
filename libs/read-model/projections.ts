import { conversations } from './conversations/conversations.projection.js';
import { approvals } from './approvals/approvals.projection.js';
import { definitions } from './definitions/definitions.projection.js';
import { documents } from './documents/documents.projection.js';
import { executions } from './executions/executions.projection.js';
import { templates } from './templates/templates.projection.js';
import type { Projection } from './projection.js';

/** Everything that is listed. */
export const projections: readonly Projection[] = [
  executions as Projection,
  definitions as Projection,
  conversations as Projection,
  approvals as Projection,
  documents as Projection,
  templates as Projection,
];
