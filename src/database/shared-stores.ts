import type { Position } from '#event-store';
import { openEsdbEventStore } from '#event-store-esdb';
import { openCluster } from '#cluster';
import type { Logger } from 'pino';
import type { Environment } from '../config/environment.js';
import type { Stores } from './stores.js';

type Shared = Pick<Environment, 'databaseUrl' | 'role'> & { readonly eventStoreUrl: string };

/** A log in EventStoreDB, and what its processes share beside it in PostgreSQL. */
export async function openSharedStores(
  { eventStoreUrl: url, databaseUrl, role }: Shared,
  process: string,
  log: Logger,
): Promise<Stores> {
  const store = await openEsdbEventStore({ url, log });
  try {
    const drives = role === 'all' || role === 'worker';
    const cluster = await openCluster({ databaseUrl: databaseUrl!, process, drives, changes: store, log });
    let written: Position | null = null;
    store.onAppended((position) => {
      if (written === null || position > written) written = position;
    });
    return {
      store,
      ...cluster,
      written: async () => written,
      address: { kind: 'esdb', url },
      health: () => ({ kind: 'eventstoredb', process, role, lease_held: cluster.leases.isHeld(), ...store.health() }),
      close: async () => {
        await cluster.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
