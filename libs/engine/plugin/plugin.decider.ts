/** Facts about one plugin, by its name. Several versions of it may be there side by side. */
export type PluginEvent =
  | { readonly type: 'PluginInstalled'; readonly data: PluginFacts }
  | { readonly type: 'PluginRemoved'; readonly data: { readonly digest: string } };

/** One set of bytes, and what it brings. */
export interface PluginFacts {
  readonly name: string;
  readonly version: string;
  /** SHA-256 in hex, over the manifest and every file: what executions pin. */
  readonly digest: string;
  readonly source: 'built-in' | 'outside';
  /** `greet@1`. */
  readonly node_types: readonly string[];
  readonly tools: readonly string[];
  /** What its manifest asks for; null: it is not held to any. */
  readonly permissions: Readonly<Record<'http' | 'models' | 'tools', readonly string[]>> | null;
}

/** Digests of the bytes that are there. */
export type PluginState = ReadonlySet<string>;

/** What of it was loaded when a process started. */
export interface RecordPlugin {
  readonly type: 'RecordPlugin';
  readonly loaded: readonly PluginFacts[];
}

export const unknownPlugin: PluginState = new Set();

/**
 * 1. Bytes that were not there are installed, those that were there already are no news.
 * 2. Bytes that are there no more are removed. They may come again.
 */
export function decidePlugin(state: PluginState, { loaded }: RecordPlugin): readonly PluginEvent[] {
  const there = new Set(loaded.map(({ digest }) => digest));
  return [
    ...[...state.difference(there)].map((digest): PluginEvent => ({ type: 'PluginRemoved', data: { digest } })), // rule 2
    ...loaded
      .filter(({ digest }) => !state.has(digest))
      .map((data): PluginEvent => ({ type: 'PluginInstalled', data })), // rule 1
  ];
}

export function evolvePlugin(state: PluginState, { type, data }: PluginEvent): PluginState {
  const changed = new Set([data.digest]);
  return type === 'PluginInstalled' ? state.union(changed) : state.difference(changed);
}
