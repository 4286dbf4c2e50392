/** The largest value that is kept. */
export const maxPayloadBytes = 16 * 1024 * 1024;

/** Where a value is kept. */
export interface PayloadAddress {
  readonly tenant: string;
  readonly sha256: string;
}

export interface IdlePage {
  readonly idleMs: number;
  readonly after: PayloadAddress | null;
  readonly limit: number;
}

/**
 * Values too large for an event, and published graphs: addressed by their content, within a tenant. A value is durable
 * when `put` resolves, and so before the append that refers to it.
 */
export abstract class PayloadStore {
  /** Over `maxPayloadBytes`: `PayloadTooLarge`. Twice the same is once. */
  abstract put(tenant: string, bytes: Uint8Array): Promise<{ readonly sha256: string; readonly size: number }>;
  abstract get(tenant: string, sha256: string): Promise<Uint8Array | null>;
  /** Where values are that nobody has put for so long: a page of them, in their order, behind `after`. */
  abstract idle(page: IdlePage): Promise<readonly PayloadAddress[]>;
  /** Removes a value, unless somebody has put it within `idleMs`. The bytes that it took; null: it stays, or is not there. */
  abstract remove(address: PayloadAddress, idleMs: number): Promise<number | null>;
}
