export type { PoolClient } from 'pg';
export { openPool, type PoolOptions } from './pool.js';
export { holding, PostgresTurn } from './locks.js';
