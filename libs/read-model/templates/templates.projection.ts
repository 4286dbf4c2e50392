import type { Projection, Recorded } from '../projection.js';
import { searchText, shortText } from '../search-text.js';
import type { TemplateRow } from './template.entity.js';

/** What the list reads of a template's events. */
export type TemplateFact =
  | { readonly type: 'TemplateSaved'; readonly data: Saved }
  | { readonly type: 'TemplateDeleted'; readonly data: object };

interface Saved {
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly is_public: boolean;
  readonly node_count: number;
  readonly parameter_count: number;
  readonly owner: string;
}

/**
 * One row for each template: the list of what executions can be made from.
 *
 * 1. A new version keeps who made the template, and when.
 * 2. A deleted template keeps its row, so that what ran from it can still be told.
 */
export const templates: Projection<TemplateFact, TemplateRow> = {
  name: 'templates',
  version: 1,
  categories: ['template'],
  handles: ['TemplateSaved', 'TemplateDeleted'],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      name: 'text not null',
      description: 'text null',
      category: 'text null',
      tags: 'text not null',
      is_public: 'integer not null',
      owner_id: 'text not null',
      version: 'integer not null',
      node_count: 'integer not null',
      parameter_count: 'integer not null',
      created_at: 'text not null',
      updated_at: 'text not null',
      deleted: 'integer not null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: { updated: '(tenant, updated_at, id)' },
  },

  evolve(row, recorded) {
    const { event } = recorded;
    if (event.type === 'TemplateSaved') return saved(row, event.data, recorded);
    if (!row) throw new Error(`The stream of template ${recorded.id} does not begin with TemplateSaved.`);
    return { ...row, deleted: 1, updated_at: recorded.at, position: recorded.position };
  },
};

const saved = (row: TemplateRow | null, data: Saved, { id, tenant, at, position }: Recorded): TemplateRow => {
  const description = shortText(data.description);
  return {
    id,
    tenant,
    name: data.name,
    description,
    category: data.category,
    tags: JSON.stringify(data.tags),
    is_public: data.is_public ? 1 : 0,
    owner_id: row?.owner_id ?? data.owner, // rule 1
    version: data.version,
    node_count: data.node_count,
    parameter_count: data.parameter_count,
    created_at: row?.created_at ?? at,
    updated_at: at,
    deleted: 0,
    search: searchText(id, data.name, description, data.category),
    position,
  };
};
