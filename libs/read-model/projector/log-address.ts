import type { EventReader } from './lane.js';

/** Where the log is read. Plain data: it crosses to the projector's thread. */
export type LogAddress =
  /** The folder of the embedded log. */
  { readonly kind: 'embedded'; readonly dir: string } | { readonly kind: 'esdb'; readonly url: string };

export interface OpenedReader extends EventReader {
  close(): Promise<void>;
}

/** A connection of its own to the log. Only the client that is asked for is loaded. */
export async function openReader(address: LogAddress): Promise<OpenedReader> {
  if (address.kind === 'esdb') {
    const { openEsdbEventStore } = await import('#event-store-esdb');
    return openEsdbEventStore({ url: address.url });
  }
  const { openSqliteEventReader } = await import('#event-store-sqlite');
  const reader = openSqliteEventReader({ dir: address.dir });
  return {
    head: () => reader.head(),
    readAll: (options) => reader.readAll(options),
    close: async () => reader.close(),
  };
}
