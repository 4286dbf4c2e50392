import { openReadDatabase, type ReadDatabaseAddress } from '../database/read-database.js';
import type { Projection } from '../projection.js';
import type { EventReader } from './lane.js';
import type { ProjectorStatus, RunningProjector } from './projector-status.js';
import { Projector } from './projector.js';
import { turnAt } from './turn.js';

export interface InlineProjectorOptions {
  readonly database: ReadDatabaseAddress;
  readonly reader: EventReader;
  readonly projections: readonly Projection[];
  readonly projects?: boolean;
  readonly lingerMs?: number;
  readonly onProgress: (status: ProjectorStatus) => void;
}

/** The projector on the caller's thread: for tests, and for a process that does nothing else. */
export const startInlineProjector = async (options: InlineProjectorOptions): Promise<RunningProjector> => {
  const database = await openReadDatabase(options.database, 'write');
  const projector = new Projector({ ...options, database, turn: await turnAt(options.database, options.projects) });
  projector.start();
  return {
    wake: () => projector.wake(),
    hurry: () => projector.hurry(),
    status: () => projector.status(),
    close: async () => {
      await projector.close();
      await database.close();
    },
  };
};
