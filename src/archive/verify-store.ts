import { hash } from 'node:crypto';
import { referredPayloads } from '#engine';
import { faultOf, genesis, type EventStore, type PayloadStore, type RecordedEvent } from '#event-store';
import type { LogFault, LogReport } from '#event-store-sqlite';
import type { JsonObject } from '#plugin-sdk';

interface Seen {
  readonly next: bigint;
  readonly prev: string;
}

export interface VerifyStoreOptions {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  /** Default: all. */
  readonly stream?: string;
}

const mostKnown = 10_000;

/**
 * Verifies a log wherever it is, in one reading, while others write to it: chain by chain, and that whatever an event refers
 * to is there, to the byte. In memory is a line for each stream.
 */
export async function verifyStore({ store, payloads, stream }: VerifyStoreOptions): Promise<LogReport> {
  const seen = new Map<string, Seen>();
  const faults = new Map<string, LogFault>();
  const check = new StoredValues(payloads);
  let events = 0;
  for await (const event of stream === undefined ? store.readAll() : store.readStream(stream)) {
    events += 1;
    const { next, prev } = seen.get(event.stream) ?? { next: 0n, prev: genesis(event.stream) };
    seen.set(event.stream, { next: next + 1n, prev: event.envelope.hash });
    if (faults.has(event.stream)) continue;
    const reason = faultOf(event, next, prev) ?? (await check.faultOf(event));
    if (reason) faults.set(event.stream, { stream: event.stream, revision: Number(next), reason });
  }
  const there = [];
  for (const fault of faults.values()) if (await isThere(store, fault.stream)) there.push(fault);
  return { streams: seen.size, events, faults: there };
}

/** EventStoreDB clears up streams that are gone piece by piece: what it still gives of them need not be whole. */
async function isThere(store: EventStore, stream: string): Promise<boolean> {
  for await (const _ of store.readStream(stream, { limit: 1 })) return true;
  return false;
}

type StoredFault = 'payload_missing' | 'payload_digest';

class StoredValues {
  /** What many refer to is looked at once, such as a graph. */
  private readonly known = new Map<string, StoredFault | null>();

  constructor(private readonly payloads: PayloadStore) {}

  async faultOf({ type, data, envelope }: RecordedEvent): Promise<StoredFault | null> {
    for (const sha256 of referredPayloads(type, JSON.parse(data) as JsonObject)) {
      const key = `${sha256}/${envelope.tenant}`;
      const known = this.known.get(key);
      const fault = known === undefined ? await this.one(envelope.tenant, sha256) : known;
      if (this.known.size >= mostKnown) this.known.clear();
      this.known.set(key, fault);
      if (fault) return fault;
    }
    return null;
  }

  private async one(tenant: string, sha256: string): Promise<StoredFault | null> {
    const bytes = await this.payloads.get(tenant, sha256);
    if (!bytes) return 'payload_missing';
    return hash('sha256', bytes, 'hex') === sha256 ? null : 'payload_digest';
  }
}
