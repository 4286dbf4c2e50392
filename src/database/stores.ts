import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { EventStore, Leases, OpenExecutions, PayloadStore, Position } from '#event-store';
import type { LogAddress } from '#read-model';
import type { Logger } from 'pino';
import type { Environment } from '../config/environment.js';

/** The log, and what is kept beside it: on one machine in a folder, or shared by several processes. */
export interface Stores {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly openExecutions: OpenExecutions;
  readonly leases: Leases;
  /** Of the last event that this process has written; null: none that a list has to wait for. */
  written(): Promise<Position | null>;
  /** Where others read the log. */
  readonly address: LogAddress;
  /** How it is, for operators. */
  health(): object;
  close(): Promise<void>;
}

export const STORES = Symbol('stores');

/** Unlike that of every other process, also of this one before a restart. */
const processName = (): string => `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

/** What EVENT_STORE_URL asks for. The clients of what is not asked for are not even loaded. */
export async function openStores(environment: Environment, log: Logger): Promise<Stores> {
  const { eventStoreUrl } = environment;
  if (eventStoreUrl === null) {
    const { openEmbeddedStores } = await import('./embedded-stores.js');
    return openEmbeddedStores(environment.dataDir, processName());
  }
  const { openSharedStores } = await import('./shared-stores.js');
  return openSharedStores({ ...environment, eventStoreUrl }, processName(), log);
}
