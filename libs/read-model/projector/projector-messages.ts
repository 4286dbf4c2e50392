import type { ReadDatabaseAddress } from '../database/read-database.js';
import type { LogAddress } from './log-address.js';
import type { ProjectorStatus } from './projector-status.js';

/** What the projector's thread is started with. */
export interface ProjectorThreadData {
  readonly database: ReadDatabaseAddress;
  readonly log: LogAddress;
  readonly projects: boolean;
  readonly lingerMs: number | undefined;
}

export type ToProjector = 'wake' | 'hurry' | 'close';

export type FromProjector =
  { readonly type: 'ready' } | { readonly type: 'progress'; readonly status: ProjectorStatus };
