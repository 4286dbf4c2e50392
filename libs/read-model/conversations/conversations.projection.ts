import type { Projection, Recorded } from '../projection.js';
import { searchText, shortText } from '../search-text.js';
import type { ConversationRow } from './conversation.entity.js';

/** What the list reads of a conversation's events. */
export type ConversationFact =
  | { readonly type: 'ConversationStarted'; readonly data: { readonly owner: string } }
  | { readonly type: 'MessageReceived'; readonly data: { readonly message: unknown } }
  | { readonly type: 'MessageAnswered'; readonly data: object }
  | { readonly type: 'MessageFailed'; readonly data: object }
  | { readonly type: 'MessageRetried'; readonly data: object }
  | { readonly type: 'MessageStored'; readonly data: object }
  | { readonly type: 'ConversationDeleted'; readonly data: object };

const longestTitle = 80;

/**
 * One row for each conversation: the list beside the chat.
 *
 * 1. It is called by the beginning of its first message.
 * 2. A question and its answer are two messages; a failure is none.
 * 3. A deleted conversation keeps its row, without what was said in it.
 */
export const conversations: Projection<ConversationFact, ConversationRow> = {
  name: 'conversations',
  version: 1,
  categories: ['conversation'],
  handles: [
    'ConversationStarted',
    'MessageReceived',
    'MessageAnswered',
    'MessageFailed',
    'MessageRetried',
    'MessageStored',
    'ConversationDeleted',
  ],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      owner_id: 'text not null',
      title: 'text null',
      message_count: 'integer not null',
      unanswered: 'integer not null',
      created_at: 'text not null',
      updated_at: 'text not null',
      deleted: 'integer not null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: {
      updated: '(tenant, owner_id, updated_at, id)',
      unanswered: '(updated_at, id) where unanswered > 0',
    },
  },

  evolve(row, recorded) {
    const { event } = recorded;
    if (event.type === 'ConversationStarted') return started(event.data.owner, recorded);
    if (!row) throw new Error(`The stream of conversation ${recorded.id} does not begin with ConversationStarted.`);
    const changed = { ...row, updated_at: recorded.at, position: recorded.position };
    switch (event.type) {
      case 'MessageReceived':
        return titled(
          { ...changed, message_count: row.message_count + 1, unanswered: row.unanswered + 1 },
          event.data.message,
        );
      case 'MessageAnswered':
        return { ...changed, message_count: row.message_count + 1, unanswered: row.unanswered - 1 };
      case 'MessageFailed':
        return { ...changed, unanswered: row.unanswered - 1 };
      case 'MessageRetried':
        return { ...changed, unanswered: row.unanswered + 1 };
      case 'MessageStored':
        return { ...changed, message_count: row.message_count + 1 };
      case 'ConversationDeleted':
        return { ...changed, title: null, search: '', unanswered: 0, deleted: 1 };
    }
  },
};

const started = (owner: string, { id, tenant, at, position }: Recorded): ConversationRow => ({
  id,
  tenant,
  owner_id: owner,
  title: null,
  message_count: 0,
  unanswered: 0,
  created_at: at,
  updated_at: at,
  deleted: 0,
  search: searchText(id),
  position,
});

/** Rule 1. A message too large for its event is kept elsewhere, and gives no title. */
function titled(row: ConversationRow, message: unknown): ConversationRow {
  if (row.title !== null) return row;
  const title = shortText(message)?.trim().replace(/\s+/g, ' ').slice(0, longestTitle).toWellFormed() || null;
  return { ...row, title, search: searchText(row.id, title) };
}
