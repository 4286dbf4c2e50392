import type { PluginEvent } from '#engine';
import type { RecordedEvent } from '#event-store';
import type { Projection } from '../projection.js';
import { searchText } from '../search-text.js';
import type { PluginRow } from './plugin.entity.js';

/** One row for each set of bytes that was ever installed: what executions pinned can be looked up, though it is gone. */
export const plugins: Projection<PluginEvent, PluginRow> = {
  name: 'plugins',
  version: 1,
  categories: ['plugin'],
  handles: ['PluginInstalled', 'PluginRemoved'],
  table: {
    columns: {
      id: 'text not null primary key',
      name: 'text not null',
      version: 'text not null',
      source: 'text not null',
      node_types: 'text not null',
      tools: 'text not null',
      permissions: 'text null',
      status: 'text not null',
      first_installed_at: 'text not null',
      installed_at: 'text not null',
      removed_at: 'text null',
      search: 'text not null',
      position: 'text not null',
    },
    indexes: { name: '(name, id)' },
  },
  rowOf: ({ data }: RecordedEvent) => (JSON.parse(data) as PluginEvent['data']).digest,

  evolve(row, { event, id, at, position }) {
    if (event.type === 'PluginRemoved') {
      if (!row) throw new Error(`The plugin ${id} was removed, but never installed.`);
      return { ...row, status: 'removed', removed_at: at, position };
    }
    const { name, version, source, node_types, tools, permissions } = event.data;
    return {
      id,
      name,
      version,
      source,
      node_types: JSON.stringify(node_types),
      tools: JSON.stringify(tools),
      permissions: permissions && JSON.stringify(permissions),
      status: 'installed',
      first_installed_at: row?.first_installed_at ?? at,
      installed_at: at,
      removed_at: null,
      search: searchText(id, name, version, ...node_types, ...tools),
      position,
    };
  },
};
