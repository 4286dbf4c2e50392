import type { Settled } from '#engine';
import type { EventStore, Leases, OpenExecutions, PayloadStore, RecordedEvent } from '#event-store';
import type { NodeCatalogue, NodeRunner } from '#plugin-host';
import type { JsonObject } from '#plugin-sdk';
import type { RuntimeLog } from './driving/parking.js';
import type { Caller } from './execution-request.js';
import type { ChatSource, DefinitionSource, GraphCheck, TemplateSource } from './ports.js';

/** What the engine is made of. */
export interface EngineParts {
  readonly store: EventStore;
  readonly openExecutions: OpenExecutions;
  readonly payloads: PayloadStore;
  readonly definitions: DefinitionSource;
  readonly templates?: TemplateSource;
  readonly chats?: ChatSource;
  readonly check: GraphCheck;
  readonly catalogue: NodeCatalogue;
  readonly runner: NodeRunner;
  /** Keys the ids that are derived from idempotency keys. */
  readonly secret: string;
  /** Which executions this process drives. */
  readonly leases: Leases;
  readonly priceTable: string;
  /** Executions that are carried out at the same time; the others wait, tenants in turn. Default 1,000. */
  readonly atOnce?: number;
  readonly log: RuntimeLog;
  /** Hears of what has become durable: wakes the projector. */
  readonly onDurable?: (events: readonly RecordedEvent[]) => void;
  readonly now?: () => number;
  readonly chance?: () => number;
}

export interface BeginOptions {
  readonly caller: Caller;
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
  /** SHA-256 of the request's body in canonical form. */
  readonly requestDigest: string;
  /** Of the request itself; those of the graph come with them. */
  readonly warnings?: readonly JsonObject[];
  /** What steps have come to already, by path: they do not run. */
  readonly recalled?: ReadonlyMap<string, Settled>;
}
