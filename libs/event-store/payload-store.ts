/** The largest value that is kept. */
export const maxPayloadBytes = 16 * 1024 * 1024;

/**
 * Values too large for an event, and published graphs: addressed by their content, within a tenant. A value is durable
 * when `put` resolves, and so before the append that refers to it.
 */
export abstract class PayloadStore {
  /** Over `maxPayloadBytes`: `PayloadTooLarge`. Twice the same is once. */
  abstract put(tenant: string, bytes: Uint8Array): Promise<{ readonly sha256: string; readonly size: number }>;
  abstract get(tenant: string, sha256: string): Promise<Uint8Array | null>;
}
