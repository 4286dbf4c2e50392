import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { equals, mentions } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { DocumentRow } from './document.entity.js';
import { documents } from './documents.projection.js';

/** One document in a list. Ids are UUIDs without prefix. */
export type ListedDocument = Omit<DocumentRow, 'search' | 'deleted'>;
export type DocumentSort = 'created_at' | 'title';

export interface DocumentFilter extends PageOptions<DocumentSort> {
  readonly tenant: string;
  readonly collection?: string;
  /** Looked for in title, source and id; case does not matter. */
  readonly text?: string;
}

const listing: Listing<DocumentSort> = {
  table: 'documents',
  columns: Object.keys(documents.table.columns).filter((column) => column !== 'search' && column !== 'deleted'),
  sorts: {
    created_at: { by: sql.ref('created_at'), type: 'string' },
    title: { by: sql.ref('title'), type: 'string' },
  },
  defaultSort: '-created_at',
};

export class DocumentQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first unless asked otherwise. Throws `QueryRefused`. */
  list(filter: DocumentFilter): Promise<Page<ListedDocument>> {
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      sql<boolean>`deleted = 0`,
      ...equals('collection', filter.collection),
      ...mentions(this.database.flavour, filter.text),
    ];
    return listPage<ListedDocument, DocumentSort>(this.database, listing, conditions, filter);
  }
}
