export { certificate } from './certificate.js';
export { EventStoreDbServer, type EventStoreDbOptions } from './server.js';
