import type { EventOf } from '#engine';
import type { Projection, Recorded } from '../projection.js';
import type { Approval, ApprovalsRow, ApprovalStatus } from './approval.entity.js';

export type ApprovalEvent = EventOf<
  | 'ApprovalRequested'
  | 'ApprovalDecided'
  | 'ApprovalClosed'
  | 'CancelRequested'
  | 'ExecutionFailing'
  | 'ExecutionCompleted'
  | 'ExecutionFailed'
  | 'ExecutionCancelled'
>;

/** Of one execution so many settled ones are listed, the newest; all of them are in its stream. */
const settledKept = 200;

/**
 * One row for each execution that asks people: what they are asked.
 *
 * 1. A vote is seen with it; it is settled by its own event.
 * 2. An execution on its way to an end asks nobody any more.
 * 3. An execution that never asked has no row.
 */
export const approvals: Projection<ApprovalEvent, ApprovalsRow> = {
  name: 'approvals',
  version: 1,
  categories: ['execution'],
  handles: [
    'ApprovalRequested',
    'ApprovalDecided',
    'ApprovalClosed',
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
      items: 'text not null',
      pending: 'integer not null',
      position: 'text not null',
    },
    indexes: { pending: '(tenant, pending)' },
  },

  evolve(row, recorded) {
    const { event } = recorded;
    if (!row && event.type !== 'ApprovalRequested') return null; // rule 3
    const items = row ? (JSON.parse(row.items) as Approval[]) : [];
    switch (event.type) {
      case 'ApprovalRequested':
        return rowOf(recorded, [...items, requested(event.data, recorded.at)]);
      case 'ApprovalDecided': {
        const { approval_id, by, decision } = event.data;
        const vote = { at: recorded.at, by, decision };
        return rowOf(
          recorded,
          changed(items, approval_id, (item) => ({ ...item, votes: [...item.votes, vote] })),
        );
      }
      case 'ApprovalClosed': {
        const { approval_id, outcome } = event.data;
        return rowOf(
          recorded,
          changed(items, approval_id, (item) => settled(item, outcome)),
        );
      }
      case 'CancelRequested':
      case 'ExecutionFailing':
      case 'ExecutionCompleted':
      case 'ExecutionFailed':
      case 'ExecutionCancelled':
        return rowOf(
          recorded,
          items.map((item) => settled(item, 'cancelled')),
        ); // rule 2
    }
  },
};

const requested = (data: EventOf<'ApprovalRequested'>['data'], at: string): Approval => ({
  id: data.approval_id,
  node_id: data.path.slice(data.path.lastIndexOf('/') + 1),
  path: data.path,
  shown: data.shown,
  shown_digest: data.shown_digest,
  assignees: data.assignees,
  quorum: data.quorum,
  votes: [],
  status: 'pending',
  requested_at: at,
  expires_at: data.due_at ?? null,
});

const settled = (item: Approval, status: ApprovalStatus): Approval =>
  item.status === 'pending' ? { ...item, status } : item;

const changed = (items: readonly Approval[], id: string, change: (item: Approval) => Approval): Approval[] =>
  items.map((item) => (item.id === id ? change(item) : item));

function rowOf({ id, tenant, position }: Recorded, items: readonly Approval[]): ApprovalsRow {
  const over = items.filter(({ status }) => status !== 'pending').length - settledKept;
  let dropped = 0;
  const kept = items.filter(({ status }) => status === 'pending' || (dropped += 1) > over);
  const pending = kept.filter(({ status }) => status === 'pending').length;
  return { id, tenant, items: JSON.stringify(kept), pending, position };
}
