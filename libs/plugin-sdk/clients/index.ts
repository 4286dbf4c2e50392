export type * from './conversation-client.js';
export type * from './document-client.js';
export type * from './http-client.js';
export type * from './model-client.js';
export type * from './tool-client.js';
