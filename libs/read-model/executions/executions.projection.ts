import type { EventOf, ExecutionMetrics } from '#engine';
import type { Projection, Recorded } from '../projection.js';
import { searchText, shortText, textsIn } from '../search-text.js';
import type { ExecutionRow, ListedStatus } from './execution.entity.js';

/** The few events that a list of executions needs: steps are asked for one execution at a time, from its stream. */
export type ListedEvent = EventOf<
  | 'ExecutionAccepted'
  | 'TimerSet'
  | 'TimerFired'
  | 'WaitStarted'
  | 'SignalReceived'
  | 'ApprovalRequested'
  | 'ApprovalClosed'
  | 'ChildStarted'
  | 'ChildEnded'
  | 'CancelRequested'
  | 'ExecutionFailing'
  | 'ExecutionCompleted'
  | 'ExecutionFailed'
  | 'ExecutionCancelled'
>;

/**
 * One row for each execution: the list in the monitor.
 *
 * 1. It waits from the beginning of a wait to the next end of one; steps that run meanwhile beside it do not show.
 * 2. A cancel that was asked for, or a failure that is being undone, stays visible until the execution has ended.
 * 3. An execution that has ended does not change again.
 */
export const executions: Projection<ListedEvent, ExecutionRow> = {
  name: 'executions',
  version: 5,
  categories: ['execution'],
  handles: [
    'ExecutionAccepted',
    'TimerSet',
    'TimerFired',
    'WaitStarted',
    'SignalReceived',
    'ApprovalRequested',
    'ApprovalClosed',
    'ChildStarted',
    'ChildEnded',
    'CancelRequested',
    'ExecutionFailing',
    'ExecutionCompleted',
    'ExecutionFailed',
    'ExecutionCancelled',
  ],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      status: 'text not null',
      workflow_type: 'text not null',
      definition_id: 'text null',
      definition_version: 'integer null',
      definition_name: 'text null',
      template_id: 'text null',
      conversation_id: 'text null',
      subject: 'text not null',
      tags: 'text not null',
      started_at: 'text not null',
      completed_at: 'text null',
      duration_ms: 'bigint null',
      tokens: 'bigint not null',
      cost_nano: 'bigint not null',
      error_code: 'text null',
      error_message: 'text null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: {
      started: '(tenant, started_at, id)',
      definition: '(definition_id, started_at, id) where definition_id is not null',
      template: '(template_id, started_at, id) where template_id is not null',
      conversation: '(conversation_id, started_at, id) where conversation_id is not null',
    },
  },

  evolve(row, recorded) {
    const { event, position } = recorded;
    if (event.type === 'ExecutionAccepted') return accepted(event.data, recorded);
    if (!row) throw new Error(`The stream of execution ${recorded.id} does not begin with ExecutionAccepted.`);
    if (hasEnded(row.status)) return row; // rule 3
    switch (event.type) {
      case 'TimerSet':
      case 'WaitStarted':
      case 'ApprovalRequested':
      case 'ChildStarted':
        return { ...row, status: unlessEnding(row, 'waiting'), position };
      case 'SignalReceived':
        return event.data.path === undefined ? row : { ...row, status: unlessEnding(row, 'running'), position };
      case 'TimerFired':
      case 'ApprovalClosed':
      case 'ChildEnded':
        return { ...row, status: unlessEnding(row, 'running'), position };
      case 'CancelRequested':
        return { ...row, status: 'cancelling', position };
      case 'ExecutionFailing':
        return { ...row, status: 'failing', position };
      case 'ExecutionCompleted':
        return {
          ...ended(row, 'completed', event.data.metrics, recorded),
          search: searchText(row.search, textsIn(event.data.output)),
        };
      case 'ExecutionCancelled':
        return ended(row, 'cancelled', event.data.metrics, recorded);
      case 'ExecutionFailed': {
        const error_message = shortText(event.data.message);
        const search = searchText(row.search, event.data.code, error_message);
        const failed = ended(row, 'failed', event.data.metrics, recorded);
        return { ...failed, error_code: event.data.code, error_message, search };
      }
    }
  },
};

type AcceptedData = EventOf<'ExecutionAccepted'>['data'] & { readonly conversation_id?: string | null };

const accepted = (data: AcceptedData, { id, tenant, at, position }: Recorded): ExecutionRow => ({
  id,
  tenant,
  status: 'running',
  workflow_type: data.workflow_type,
  definition_id: data.definition_id,
  definition_version: data.definition_version,
  definition_name: data.definition_name,
  template_id: data.template_id,
  conversation_id: data.conversation_id ?? null,
  subject: data.subject,
  tags: JSON.stringify(data.tags),
  started_at: at,
  completed_at: null,
  duration_ms: null,
  tokens: 0,
  cost_nano: 0,
  error_code: null,
  error_message: null,
  search: searchText(id, data.definition_name, data.template_name, textsIn(data.input)),
  position,
});

const ended = (row: ExecutionRow, status: ListedStatus, metrics: ExecutionMetrics, { at, position }: Recorded) => ({
  ...row,
  status,
  completed_at: at,
  duration_ms: metrics.execution_time_ms,
  tokens: metrics.prompt_tokens + metrics.completion_tokens,
  cost_nano: metrics.cost_nano_usd,
  position,
});

const unlessEnding = (row: ExecutionRow, status: ListedStatus): ListedStatus =>
  row.status === 'cancelling' || row.status === 'failing' ? row.status : status; // rule 2

const hasEnded = (status: ListedStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'cancelled';
