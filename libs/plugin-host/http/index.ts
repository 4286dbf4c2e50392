export { bindHttp, EgressClient, type EgressOptions } from './egress-client.js';
export { isPublic } from './addresses.js';
