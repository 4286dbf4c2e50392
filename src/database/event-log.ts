import type { SqliteEventLog } from '#event-store-sqlite';

export const EVENT_LOG = Symbol('event log');
export type EventLog = SqliteEventLog;
