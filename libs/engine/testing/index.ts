export * from './random-workflow.js';
export * from './graph-builder.js';
export * from './sample-nodes.js';
export * from './specification.js';
