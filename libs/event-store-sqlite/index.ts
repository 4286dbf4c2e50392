export {
  openSqliteEventStore,
  openSqliteEventReader,
  type SqliteEventLog,
  type SqliteOptions,
  type StoreStats,
} from './sqlite-event-store.js';
export type { LogReader } from './reader.js';
