import { defineEntity, p } from '@mikro-orm/core';

/** The approvals of one execution. */
export type ApprovalsRow = {
  /** UUID of the execution. */
  readonly id: string;
  readonly tenant: string;
  /** JSON text: a list of `Approval`. */
  readonly items: string;
  /** How many of them wait for a decision. */
  readonly pending: number;
  readonly position: string;
};

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'expired' | 'cancelled';

export interface Approval {
  /** UUID without prefix. */
  readonly id: string;
  readonly node_id: string;
  readonly path: string;
  /** As it stands in the event: `{title, show, fields}`. */
  readonly shown: unknown;
  readonly shown_digest: string;
  readonly assignees: readonly string[];
  readonly quorum: number;
  readonly votes: readonly { readonly by: string; readonly decision: string; readonly at: string }[];
  readonly status: ApprovalStatus;
  readonly requested_at: string;
  readonly expires_at: string | null;
}

export const ApprovalsEntity = defineEntity({
  name: 'Approvals',
  tableName: 'approvals',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    items: p.text(),
    pending: p.integer(),
    position: p.text(),
  },
});
