export * from './expression/index.js';
export type * from './graph/graph.js';
export type * from './execution/execution.events.js';
