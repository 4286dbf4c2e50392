import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { mentions } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { ConversationRow } from './conversation.entity.js';

/** One conversation in a list; ids are UUIDs without prefix. */
export type ListedConversation = Omit<ConversationRow, 'deleted' | 'search'>;

export type ConversationSort = 'updated_at' | 'created_at';

export interface ConversationFilter extends PageOptions<ConversationSort> {
  readonly tenant: string;
  /** Whose. */
  readonly owner: string;
  /** Looked for in id and title; case does not matter. */
  readonly text?: string;
}

const listing: Listing<ConversationSort> = {
  table: 'conversations',
  columns: ['tenant', 'owner_id', 'title', 'message_count', 'unanswered', 'created_at', 'updated_at', 'position'],
  sorts: {
    updated_at: { by: sql.ref('updated_at'), type: 'string' },
    created_at: { by: sql.ref('created_at'), type: 'string' },
  },
  defaultSort: '-updated_at',
};

/** Conversations that have not been deleted. */
export class ConversationQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The one in which something was said last first, unless asked otherwise. Throws `QueryRefused`. */
  list(filter: ConversationFilter): Promise<Page<ListedConversation>> {
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      sql<boolean>`owner_id = ${filter.owner}`,
      sql<boolean>`deleted = 0`,
      ...mentions(this.database.flavour, filter.text),
    ];
    return listPage<ListedConversation, ConversationSort>(this.database, listing, conditions, filter);
  }

  /** Those of every tenant in which a message awaits its answer, for whoever sees to that. */
  unanswered(page: PageOptions<ConversationSort>): Promise<Page<ListedConversation>> {
    const conditions = [sql<boolean>`unanswered > 0`];
    return listPage<ListedConversation, ConversationSort>(this.database, listing, conditions, page);
  }
}
