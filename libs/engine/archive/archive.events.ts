import type { JsonObject } from '#plugin-sdk';
import type { Instant } from '../execution/execution.events.js';

/**
 * All that can happen to an archive: one stream a month (`archive-2026-11`, by when it was archived), stored for good.
 * What an execution came to stays in the log, when its own stream is taken out of it.
 */
export type ArchiveEvent = { readonly type: 'ExecutionArchived'; readonly data: ExecutionArchived };

/** The envelope's tenant is that of the execution. */
export interface ExecutionArchived {
  /** UUID without prefix. */
  readonly execution_id: string;
  /** When it ended. */
  readonly ended_at: Instant;
  /** How many events its stream had, and the hash of the last one: what a file must give to be its history. */
  readonly events: number;
  readonly head: string;
  /** The file that holds its history, by its name alone, and that file's SHA-256. */
  readonly file: string;
  readonly file_sha256: string;
  /** By projection: what was listed of it. A projection that reads executions takes it up as it stands. */
  readonly payload: Readonly<Record<string, KeptRow>>;
  /** SHA-256 of values beside the log that its rows name, such as what an approval showed. */
  readonly refers_to?: readonly string[];
}

export interface KeptRow {
  /** Of the projection that made it. */
  readonly version: number;
  /** Its columns, without `id` and `tenant`. */
  readonly row: JsonObject;
}
