export { EsdbEventStore, openEsdbEventStore, type EsdbOptions } from './esdb-event-store.js';
export type { EsdbHealth, EsdbLog } from './connection.js';
export { letReadAll } from './read-right.js';
