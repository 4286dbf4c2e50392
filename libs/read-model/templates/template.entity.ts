import { defineEntity, p } from '@mikro-orm/core';

/** One template as it is listed. */
export type TemplateRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly description: string | null;
  readonly category: string | null;
  /** JSON text: a list of strings. */
  readonly tags: string;
  readonly is_public: 0 | 1;
  readonly owner_id: string;
  readonly version: number;
  readonly node_count: number;
  readonly parameter_count: number;
  /** RFC 3339, UTC, ms. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted: 0 | 1;
  /** What `text` looks into, in lower case. */
  readonly search: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const TemplateEntity = defineEntity({
  name: 'Template',
  tableName: 'templates',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    name: p.text(),
    description: p.text().nullable(),
    category: p.text().nullable(),
    tags: p.text(),
    is_public: p.integer(),
    owner_id: p.text(),
    version: p.integer(),
    node_count: p.integer(),
    parameter_count: p.integer(),
    created_at: p.text(),
    updated_at: p.text(),
    deleted: p.integer(),
    search: p.text(),
    position: p.text(),
  },
});
