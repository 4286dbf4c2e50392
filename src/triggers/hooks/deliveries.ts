import { Problem } from '../../http/problem.js';
import { hookLimits } from './hook-limits.js';

/** Headers in which senders name a delivery. */
const known = ['idempotency-key', 'x-github-delivery', 'webhook-id'];

/** The id of a delivery, as its sender names it; null: it does not. Throws where what stands there cannot be one. */
export function deliveryIdIn(headers: Readonly<Record<string, string>>, own: string | null): string | null {
  const name = [...(own === null ? [] : [own]), ...known].find((header) => headers[header] !== undefined);
  if (name === undefined) return null;
  const id = headers[name]!;
  if (/^[\x21-\x7e]{1,255}$/.test(id)) return id;
  throw new Problem('invalid_header', `The header ${name} must be 1 to 255 printable characters without spaces.`);
}

/**
 * Which delivery a signed request belongs to. Ids are not signed: whoever has caught a request could send it again under
 * another one. So the first id that came with a signature stays its id for as long as the signature is accepted.
 */
export class SignedDeliveries {
  private readonly seen = new Map<string, { readonly id: string; readonly at: number }>();

  idOf(signature: string, id: string | null, now: number): string {
    for (const [old, { at }] of this.seen) {
      if (now - at <= 2 * hookLimits.replayWindowMs && this.seen.size <= hookLimits.signatures) break;
      this.seen.delete(old);
    }
    const first = this.seen.get(signature);
    if (first) return first.id;
    const named = id ?? `signed ${signature}`;
    this.seen.set(signature, { id: named, at: now });
    return named;
  }
}

/** How many executions a webhook may still begin: so many at once, and some more each second. */
export class HookRate {
  private readonly buckets = new Map<string, { left: number; at: number }>();

  /** Throws where it is too many; says when to come again. */
  take(definitionId: string, now: number): void {
    const before = this.buckets.get(definitionId) ?? { left: hookLimits.burst, at: now };
    const refilled = (Math.max(0, now - before.at) / 1_000) * hookLimits.perSecond;
    const left = Math.min(hookLimits.burst, before.left + refilled);
    if (left < 1) {
      throw new Problem('too_many_requests', `More than ${hookLimits.perSecond} requests a second. Send them slower.`, {
        retryAfterS: 1,
      });
    }
    this.buckets.set(definitionId, { left: left - 1, at: now });
  }

  /** For one that is live no more. */
  forget(definitionId: string): void {
    this.buckets.delete(definitionId);
  }
}
