export { PostgresServer } from './postgres-server.js';
export { describeOnPostgres, postgresDatabase, postgresServer } from './for-tests.js';
