export { certificate } from './certificate.js';
export { EventStoreDbProcess } from './server-process.js';
export { EventStoreDbServer, type EventStoreDbOptions } from './server.js';
