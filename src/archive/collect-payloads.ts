import { referredPayloads } from '#engine';
import type { EventStore, PayloadAddress, PayloadStore } from '#event-store';
import { readEvent } from './read-event.js';

export interface CollectOptions {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  /** Default: a day. */
  readonly idleMs?: number;
  /** Addresses in memory at a time; the log is read once for so many. Default 100,000. */
  readonly most?: number;
}

export interface Collected {
  readonly values: number;
  readonly bytes: number;
}

const dayMs = 24 * 60 * 60 * 1_000;
const mostInMemory = 100_000;
const removedAtOnce = 200;

/**
 * Removes the values beside the log that no event refers to any more: of executions that were archived, of appends that never came.
 *
 * 1. A value is put before the event that refers to it. What somebody has put within a day may be about to be referred to, and stays;
 *    that is looked at again in the moment in which it is removed.
 * 2. An event may refer to a value that was put for an earlier one: whatever any event in the log names stays. Where one cannot be
 *    read, nothing is removed: what it names is not known.
 */
export async function collectPayloads(options: CollectOptions): Promise<Collected> {
  const { store, payloads, idleMs = dayMs, most = mostInMemory } = options;
  const collected = { values: 0, bytes: 0 };
  for (let after: PayloadAddress | null = null; ;) {
    const page: readonly PayloadAddress[] = await payloads.idle({ idleMs, after, limit: most }); // rule 1
    for (const some of chunksOf(await unreferred(store, page), removedAtOnce)) {
      const sizes = await Promise.all(some.map((address) => payloads.remove(address, idleMs)));
      for (const size of sizes.filter((each) => each !== null)) {
        collected.values += 1;
        collected.bytes += size;
      }
    }
    if (page.length < most) return collected;
    after = page.at(-1)!;
  }
}

/** Rule 2. The log is read no further than something is left. */
async function unreferred(store: EventStore, page: readonly PayloadAddress[]): Promise<readonly PayloadAddress[]> {
  const left = new Map(page.map((address) => [keyOf(address.tenant, address.sha256), address]));
  if (left.size === 0) return [];
  for await (const recorded of store.readAll()) {
    const { type, data } = readEvent(recorded);
    for (const sha256 of referredPayloads(type, data)) left.delete(keyOf(recorded.envelope.tenant, sha256));
    if (left.size === 0) break;
  }
  return [...left.values()];
}

const keyOf = (tenant: string, sha256: string): string => `${sha256}/${tenant}`;

function* chunksOf<T>(all: readonly T[], size: number): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
