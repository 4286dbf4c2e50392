import type { Position } from './event-store.js';

/** Who or what caused an event. */
export interface Actor {
  readonly sub: string;
  readonly via: 'api_key' | 'session' | 'engine' | 'timer' | 'plugin';
}

/** The metadata of an event as it is stored: names are fixed for ever. */
export interface Envelope {
  readonly $correlationId: string;
  readonly $causationId: string;
  readonly v: 1;
  readonly tenant: string;
  readonly schema: number;
  /** RFC 3339, UTC, ms. */
  readonly at: string;
  readonly actor: Actor;
  readonly dataHash: string;
  readonly prev: string;
  readonly hash: string;
}

/** An event sealed for one place in one stream, ready to append. `data` is canonical JSON text (RFC 8785), stored to the byte. */
export interface NewEvent {
  /** UUIDv7, drawn once when the event was decided. */
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly envelope: Envelope;
}

export interface RecordedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: bigint;
  readonly position: Position;
}
