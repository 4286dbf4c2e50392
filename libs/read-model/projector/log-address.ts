import { openSqliteEventReader } from '#event-store-sqlite';
import type { EventReader } from './lane.js';

/** Where the log is read. Plain data: it crosses to the projector's thread. */
export interface LogAddress {
  readonly kind: 'embedded';
  /** The folder of the embedded log. */
  readonly dir: string;
}

export interface OpenedReader extends EventReader {
  close(): Promise<void>;
}

/** A connection of its own to the log. */
export async function openReader({ dir }: LogAddress): Promise<OpenedReader> {
  const reader = openSqliteEventReader({ dir });
  return {
    head: () => reader.head(),
    readAll: (options) => reader.readAll(options),
    close: async () => reader.close(),
  };
}
