import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EventStoreDBClient } from '@eventstore/db-client';

import { type EventStoreDbOptions, EventStoreDbServer } from './server.js';

/** Where a server under test keeps its log. Both have to be alike to a client. */
export type Kept = 'in memory' | 'in a file';

/** A server with its client, and what it leaves on disk. */
export interface Running {
  readonly server: EventStoreDbServer;
  readonly client: EventStoreDBClient;
  end(): Promise<void>;
}

export const running = async (kept: Kept, options: EventStoreDbOptions = {}): Promise<Running> => {
  const folder = await mkdtemp(join(tmpdir(), 'esdb-'));
  const server = await EventStoreDbServer.start({
    ...options,
    ...(kept === 'in a file' && { file: join(folder, 'log.db') }),
  });
  const client = EventStoreDBClient.connectionString(server.url);
  return {
    server,
    client,
    end: async () => {
      await client.dispose();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
};
