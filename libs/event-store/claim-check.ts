import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { PayloadDamaged } from './errors.js';

/** Members that may hold a value from outside, of any size. */
const valueMembers = ['input', 'output', 'config', 'value', 'item', 'shown', 'payload', 'message'] as const;

/** Larger values are kept beside the log, and referred to. */
export const largestInEvent = 64 * 1024;

type Data = Readonly<Record<string, unknown>>;

export interface ClaimCheck {
  readonly $ref: { readonly mime: 'application/json'; readonly sha256: string; readonly size: number };
}

/**
 * The data of an event as it is stored, and what must be kept for it beside the log.
 *
 * 1. A value whose canonical JSON is over `largestInEvent` bytes is replaced by a claim check.
 * 2. So is a value from outside that only looks like a claim check: otherwise it would be taken for one on the way back.
 */
export function externalize<D extends Data>(
  data: D,
): { readonly data: D; readonly payloads: readonly { readonly bytes: Uint8Array }[] } {
  const payloads: { bytes: Uint8Array }[] = [];
  const checks: [string, ClaimCheck][] = [];
  for (const member of valueMembers) {
    const bytes = bytesToKeep(data[member]);
    if (bytes === null) continue;
    payloads.push({ bytes });
    checks.push([
      member,
      { $ref: { mime: 'application/json', sha256: hash('sha256', bytes, 'hex'), size: bytes.length } },
    ]);
  }
  return checks.length === 0 ? { data, payloads } : { data: { ...data, ...Object.fromEntries(checks) }, payloads };
}

/** The data with its large values back in place. Throws `PayloadDamaged`. */
export async function internalize<D extends Data>(
  data: D,
  get: (sha256: string) => Promise<Uint8Array | null>,
): Promise<D> {
  const referring = valueMembers.filter((member) => isClaimCheck(data[member]));
  if (referring.length === 0) return data;
  const values = await Promise.all(
    referring.map(async (member) => [member, await claim((data[member] as ClaimCheck).$ref.sha256, get)]),
  );
  return { ...data, ...(Object.fromEntries(values) as object) };
}

async function claim(sha256: string, get: (sha256: string) => Promise<Uint8Array | null>): Promise<unknown> {
  const bytes = await get(sha256);
  if (!bytes) throw new PayloadDamaged('payload_missing', sha256);
  if (hash('sha256', bytes, 'hex') !== sha256) throw new PayloadDamaged('payload_digest', sha256);
  return JSON.parse(new TextDecoder().decode(bytes));
}

export function isClaimCheck(value: unknown): value is ClaimCheck {
  const ref = (value as Partial<ClaimCheck> | null | undefined)?.$ref;
  return typeof ref === 'object' && typeof ref?.sha256 === 'string' && Object.keys(value as object).length === 1;
}

/** The value's canonical JSON, where it is to be kept beside the log; null: it stays in the event. */
function bytesToKeep(value: unknown): Uint8Array | null {
  const looksLikeOne = isClaimCheck(value); // rule 2
  if (!looksLikeOne && (value === undefined || isSurelySmall(value))) return null;
  const bytes = new TextEncoder().encode(canonicalJson(value));
  return looksLikeOne || bytes.length > largestInEvent ? bytes : null; // rule 1
}

/** One unit of measure is at most six bytes of JSON: a control character, written as an escape. */
const isSurelySmall = (value: unknown): boolean => measured(value, largestInEvent / 6) >= 0;

/** What is left of the room once this value has its place; below nought, it did not fit. Walks no further than that. */
function measured(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (typeof value !== 'object' || value === null) return room - 4;
  let left = room - 2;
  for (const [key, part] of Object.entries(value)) {
    left = measured(part, left - (Array.isArray(value) ? 1 : key.length + 4));
    if (left < 0) return left;
  }
  return left;
}
