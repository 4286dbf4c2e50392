export { describeEventStore, type OpenedStore } from './event-store.contract.js';
export { sealedChain, collect, take } from './sealed-chain.js';
export { Room } from './room.js';
