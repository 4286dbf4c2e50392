import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { hasTag, mentions } from '../listing/conditions.js';
import { namesIn } from '../listing/names.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { DefinitionRow } from './definition.entity.js';
import { definitions } from './definitions.projection.js';

/** One definition in a list; ids are UUIDs without prefix. */
export type ListedDefinition = Omit<DefinitionRow, 'tags' | 'is_public' | 'active' | 'deleted' | 'search'> & {
  readonly tags: readonly string[];
  readonly is_public: boolean;
  readonly active: boolean;
};

export type DefinitionSort = 'updated_at' | 'created_at' | 'name';

export interface DefinitionFilter extends PageOptions<DefinitionSort> {
  readonly tenant: string;
  /** Who asks: sees what is their own, and what is public. */
  readonly subject: string;
  readonly tag?: string;
  /** Looked for in id, name and description; case does not matter. */
  readonly text?: string;
}

type SelectedDefinition = Omit<DefinitionRow, 'deleted' | 'search'>;

const listing: Listing<DefinitionSort> = {
  table: 'definitions',
  columns: Object.keys(definitions.table.columns).filter((column) => column !== 'search' && column !== 'deleted'),
  sorts: {
    updated_at: { by: sql.ref('updated_at'), type: 'string' },
    created_at: { by: sql.ref('created_at'), type: 'string' },
    name: { by: sql.ref('name'), type: 'string' },
  },
  defaultSort: '-updated_at',
};

/** Definitions that have not been deleted. */
export class DefinitionQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The one changed last first, unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: DefinitionFilter): Promise<Page<ListedDefinition>> {
    const { flavour } = this.database;
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      sql<boolean>`deleted = 0`,
      sql<boolean>`(owner_id = ${filter.subject} or is_public = 1)`,
      ...hasTag(flavour, filter.tag),
      ...mentions(flavour, filter.text),
    ];
    const page = await listPage<SelectedDefinition, DefinitionSort>(this.database, listing, conditions, filter);
    return { ...page, rows: page.rows.map(listed) };
  }

  /** What definitions are called, deleted ones too, by their ids. */
  names(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return namesIn(this.database, 'definitions', tenant, ids);
  }

  /** Of every tenant: those whose triggers are live, in the order of their ids, `limit` of them behind `after`. */
  async active({
    after = '',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly ActiveDefinition[]> {
    const { rows } = await sql<ActiveDefinition>`
      select id, tenant from definitions
      where active = 1 and deleted = 0 and id > ${after} order by id limit ${limit}`.execute(this.database.sql);
    return rows;
  }
}

export interface ActiveDefinition {
  readonly id: string;
  readonly tenant: string;
}

const listed = (row: SelectedDefinition): ListedDefinition => ({
  ...row,
  tags: JSON.parse(row.tags) as string[],
  is_public: row.is_public === 1,
  active: row.active === 1,
});
