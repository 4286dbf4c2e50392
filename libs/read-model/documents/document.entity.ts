import { defineEntity, p } from '@mikro-orm/core';

/** One document as it is listed. */
export type DocumentRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly title: string;
  readonly source: string | null;
  readonly collection: string;
  readonly mime: string;
  readonly characters: number;
  readonly owner_id: string;
  /** RFC 3339, UTC, ms. */
  readonly created_at: string;
  readonly deleted: 0 | 1;
  /** What `text` looks into, in lower case: title and source. */
  readonly search: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const DocumentEntity = defineEntity({
  name: 'Document',
  tableName: 'documents',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    title: p.text(),
    source: p.text().nullable(),
    collection: p.text(),
    mime: p.text(),
    characters: p.integer(),
    owner_id: p.text(),
    created_at: p.text(),
    deleted: p.integer(),
    search: p.text(),
    position: p.text(),
  },
});
