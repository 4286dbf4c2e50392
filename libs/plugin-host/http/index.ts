export { isPublic } from './address.js';
export { bindHttp, EgressClient, type EgressOptions } from './egress-client.js';
export { portOf } from './request-check.js';
export type { Connect, Resolve } from './connector.js';
