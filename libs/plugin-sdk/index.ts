export * from './json.js';
export * from './descriptor.js';
export * from './failure.js';
export * from './node-context.js';
export * from './node-definition.js';
