export * from './event-store.js';
export * from './recorded-event.js';
export { canonicalJson } from './canonical-json.js';
export {
  genesis,
  seal,
  preimage,
  verifyChain,
  faultOf,
  type ChainFault,
  type ChainReport,
  type Unsealed,
} from './envelope.js';
export * from './errors.js';
export * from './stream-name.js';
export { follow, type FollowOptions } from './follow.js';
export { mustBeAppendable } from './appendable.js';
export { patienceMs } from './patience.js';
export { PayloadStore, maxPayloadBytes, type IdlePage, type PayloadAddress } from './payload-store.js';
export { externalize, internalize, isClaimCheck, largestInEvent, type ClaimCheck } from './claim-check.js';
export { eventOf, schemaOf, upcast, type EventSchemas, type Upcaster } from './codec.js';
export type { OpenChanges, RecordedOpenChange } from './open-changes.js';
export { Leases, SoleProcess, type Backlog } from './leases.js';
export { MemoryEventStore } from './memory/memory-event-store.js';
export { MemoryLeases, type SharedMemory } from './memory/memory-leases.js';
