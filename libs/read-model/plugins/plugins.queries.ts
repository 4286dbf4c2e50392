import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { equals, mentions } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { PluginRow } from './plugin.entity.js';
import { plugins } from './plugins.projection.js';

/** One version of a plugin in a list; its id is its digest. */
export type ListedPlugin = Omit<PluginRow, 'node_types' | 'tools' | 'permissions' | 'search'> & {
  readonly node_types: readonly string[];
  readonly tools: readonly string[];
  readonly permissions: Readonly<Record<string, readonly string[]>> | null;
};

export type PluginSort = 'name' | 'installed_at';

export interface PluginFilter extends PageOptions<PluginSort> {
  readonly name?: string;
  readonly status?: PluginRow['status'];
  /** Looked for in digest, name, version, node types and tools; case does not matter. */
  readonly text?: string;
}

type SelectedPlugin = Omit<PluginRow, 'search'>;

const listing: Listing<PluginSort> = {
  table: 'plugins',
  columns: Object.keys(plugins.table.columns).filter((column) => column !== 'search'),
  sorts: {
    name: { by: sql.ref('name'), type: 'string' },
    installed_at: { by: sql.ref('installed_at'), type: 'string' },
  },
  defaultSort: 'name',
};

/** Plugins that are installed, and those that were. */
export class PluginQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** By name unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: PluginFilter): Promise<Page<ListedPlugin>> {
    const conditions = [
      ...equals('name', filter.name),
      ...equals('status', filter.status),
      ...mentions(this.database.flavour, filter.text),
    ];
    const page = await listPage<SelectedPlugin, PluginSort>(this.database, listing, conditions, filter);
    return { ...page, rows: page.rows.map(listed) };
  }
}

const listed = ({ node_types, tools, permissions, ...row }: SelectedPlugin): ListedPlugin => ({
  ...row,
  node_types: JSON.parse(node_types) as string[],
  tools: JSON.parse(tools) as string[],
  permissions: permissions === null ? null : (JSON.parse(permissions) as Record<string, string[]>),
});
