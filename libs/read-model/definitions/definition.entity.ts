import { defineEntity, p } from '@mikro-orm/core';

/** One definition as it is listed. */
export type DefinitionRow = {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly description: string | null;
  /** JSON text: a list of strings. */
  readonly tags: string;
  readonly is_public: 0 | 1;
  readonly owner_id: string;
  /** The newest published one. */
  readonly version: number;
  /** RFC 3339, UTC, ms. */
  readonly created_at: string;
  readonly updated_at: string;
  /** Whether its triggers are live. */
  readonly active: 0 | 1;
  readonly deleted: 0 | 1;
  readonly graph_digest: string;
  readonly node_count: number;
  /** What `text` looks into, in lower case. */
  readonly search: string;
  /** Of the last event that changed this row. */
  readonly position: string;
};

export const DefinitionEntity = defineEntity({
  name: 'Definition',
  tableName: 'definitions',
  properties: {
    id: p.text().primary(),
    tenant: p.text(),
    name: p.text(),
    description: p.text().nullable(),
    tags: p.text(),
    is_public: p.integer(),
    owner_id: p.text(),
    version: p.integer(),
    created_at: p.text(),
    updated_at: p.text(),
    active: p.integer(),
    deleted: p.integer(),
    graph_digest: p.text(),
    node_count: p.integer(),
    search: p.text(),
    position: p.text(),
  },
});
