import { defineEntity, p } from '@mikro-orm/core';

/** One conversation as it is listed. */
export type ConversationRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly owner_id: string;
  /** The beginning of the first message; null before there is one. */
  readonly title: string | null;
  readonly message_count: number;
  /** Messages that await their answer. */
  readonly unanswered: number;
  /** RFC 3339, UTC, ms. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted: 0 | 1;
  /** What `text` looks into, in lower case. */
  readonly search: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const ConversationEntity = defineEntity({
  name: 'Conversation',
  tableName: 'conversations',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    owner_id: p.text(),
    title: p.text().nullable(),
    message_count: p.integer(),
    unanswered: p.integer(),
    created_at: p.text(),
    updated_at: p.text(),
    deleted: p.integer(),
    search: p.text(),
    position: p.text(),
  },
});
