import type { Projection, Recorded } from '../projection.js';
import { searchText, shortText } from '../search-text.js';
import type { DefinitionRow } from './definition.entity.js';

/** What the list reads of a definition's events. */
export type DefinitionFact =
  | { readonly type: 'DefinitionPublished'; readonly data: Published }
  | { readonly type: 'DefinitionChanged'; readonly data: Changed }
  | { readonly type: 'DefinitionDeleted'; readonly data: object };

interface Published {
  readonly version: number;
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly is_public: boolean;
  readonly graph_digest: string;
  readonly node_count: number;
  readonly owner: string;
}

interface Changed {
  readonly name?: string;
  readonly description?: string | null;
  readonly tags?: readonly string[];
  readonly is_public?: boolean;
  readonly active?: boolean;
}

/**
 * One row for each definition: the list of what may be run.
 *
 * 1. A new version keeps who made the definition, when, and whether its triggers are live.
 * 2. What a change does not name stays as it was.
 * 3. A deleted definition keeps its row, so that a version published afterwards brings it back.
 */
export const definitions: Projection<DefinitionFact, DefinitionRow> = {
  name: 'definitions',
  version: 2,
  categories: ['definition'],
  handles: ['DefinitionPublished', 'DefinitionChanged', 'DefinitionDeleted'],
  table: {
    columns: {
      id: 'text not null primary key',
      tenant: 'text not null',
      name: 'text not null',
      description: 'text null',
      tags: 'text not null',
      is_public: 'integer not null',
      owner_id: 'text not null',
      version: 'integer not null',
      created_at: 'text not null',
      updated_at: 'text not null',
      active: 'integer not null',
      deleted: 'integer not null',
      graph_digest: 'text not null',
      node_count: 'integer not null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: { updated: '(tenant, updated_at, id)', live: '(active, id)' },
  },

  evolve(row, recorded) {
    const { event } = recorded;
    if (event.type === 'DefinitionPublished') return published(row, event.data, recorded);
    if (!row) throw new Error(`The stream of definition ${recorded.id} does not begin with DefinitionPublished.`);
    switch (event.type) {
      case 'DefinitionChanged':
        return changed(row, event.data, recorded);
      case 'DefinitionDeleted':
        return { ...row, deleted: 1, updated_at: recorded.at, position: recorded.position };
    }
  },
};

const published = (row: DefinitionRow | null, data: Published, { id, tenant, at, position }: Recorded): DefinitionRow =>
  searchable({
    id,
    tenant,
    name: data.name,
    description: shortText(data.description),
    tags: JSON.stringify(data.tags),
    is_public: flag(data.is_public),
    owner_id: row?.owner_id ?? data.owner, // rule 1
    version: data.version,
    created_at: row?.created_at ?? at,
    updated_at: at,
    active: row?.active ?? 0,
    deleted: 0,
    graph_digest: data.graph_digest,
    node_count: data.node_count,
    search: '',
    position,
  });

const changed = (row: DefinitionRow, data: Changed, { at, position }: Recorded): DefinitionRow =>
  searchable({
    ...row,
    name: data.name ?? row.name,
    description: data.description === undefined ? row.description : shortText(data.description),
    tags: data.tags ? JSON.stringify(data.tags) : row.tags,
    is_public: data.is_public === undefined ? row.is_public : flag(data.is_public),
    active: data.active === undefined ? row.active : flag(data.active),
    updated_at: at,
    position,
  });

const searchable = (row: DefinitionRow): DefinitionRow => ({
  ...row,
  search: searchText(row.id, row.name, row.description),
});

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0);
