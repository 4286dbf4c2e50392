import { SoleProcess } from '#event-store';
import { openSqliteEventStore } from '#event-store-sqlite';
import type { Stores } from './stores.js';

/** The log in a folder, which one process has for itself. */
export async function openEmbeddedStores(dir: string, process: string): Promise<Stores> {
  const { store, payloads, openExecutions, health, stats, close } = await openSqliteEventStore({ dir });
  return {
    store,
    payloads,
    openExecutions,
    leases: new SoleProcess(process, openExecutions),
    written: () => store.head(), // all that there is
    address: { kind: 'embedded', dir },
    health: () => ({ kind: 'embedded', ...health(), ...stats() }),
    close,
  };
}
