import { defineEntity, p } from '@mikro-orm/core';

/** One version of a plugin, by the bytes that it was. Plugins are the server's: every tenant has the same. */
export type PluginRow = {
  /** SHA-256 in hex, over the manifest and every file. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly source: 'built-in' | 'outside';
  /** JSON text: a list of `type@version`. */
  readonly node_types: string;
  /** JSON text: a list of names. */
  readonly tools: string;
  /** JSON text; null: it is not held to any. */
  readonly permissions: string | null;
  readonly status: 'installed' | 'removed';
  readonly first_installed_at: string;
  /** When it came the last time. */
  readonly installed_at: string;
  /** Null: it is there. */
  readonly removed_at: string | null;
  /** What `text` looks into, in lower case: digest, name, version, what it brings. */
  readonly search: string;
  readonly position: string;
};

export const PluginEntity = defineEntity({
  name: 'Plugin',
  tableName: 'plugins',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    version: p.text(),
    source: p.text(),
    node_types: p.text(),
    tools: p.text(),
    permissions: p.text().nullable(),
    status: p.text(),
    first_installed_at: p.text(),
    installed_at: p.text(),
    removed_at: p.text().nullable(),
    search: p.text(),
    position: p.text(),
  },
});
