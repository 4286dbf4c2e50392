export {
  openSqliteEventStore,
  openSqliteEventReader,
  type SqliteEventLog,
  type SqliteOptions,
  type StoreStats,
} from './sqlite-event-store.js';
export type { LogReader } from './reader.js';
export { backUp, restore, verifyBackup, type BackedUp, type BackUpOptions, type RestoreOptions } from './backup.js';
export { BackupRefused, type BackupManifest } from './backup-file.js';
export { verifyLog, type LogFault, type LogReport, type Referred, type VerifyLogOptions } from './verify-log.js';
