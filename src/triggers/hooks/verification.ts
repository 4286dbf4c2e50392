import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Verify } from '../trigger.js';
import { hookLimits } from './hook-limits.js';

export interface ToVerify {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came over the wire. */
  readonly raw: Buffer;
}

/** `signature`: what tells this delivery from every other, where it was signed together with its time. */
export type Verified = { readonly ok: true; readonly signature: string | null } | { readonly ok: false };

const refused: Verified = { ok: false };

/**
 * Whether a request comes from who it should.
 *
 * 1. A secret in a header is compared in constant time, whatever its length.
 * 2. A signature is one of the body as it came; with a timestamp, of `<timestamp>.<body>`: a time that is not signed with
 *    it could be put before an old body.
 * 3. A timestamp further away than the window is refused, into either direction.
 */
export function verified(verify: Verify, request: ToVerify, secret: string | null, now: number): Verified {
  if (verify.by === 'nothing') return { ok: true, signature: null };
  const given = request.headers[verify.header];
  if (secret === null || secret === '' || given === undefined) return refused;
  if (verify.by === 'secret') return isSame(given, secret) ? { ok: true, signature: null } : refused; // rule 1
  if (!given.startsWith(verify.prefix)) return refused;
  const { timestampHeader } = verify;
  const timestamp = timestampHeader === null ? null : request.headers[timestampHeader];
  if (timestamp === undefined || (timestamp !== null && !isNear(timestamp, now))) return refused; // rule 3
  const mac = createHmac('sha256', secret);
  if (timestamp !== null) mac.update(`${timestamp}.`); // rule 2
  const expected = mac.update(request.raw).digest();
  const signature = bytesOf(given.slice(verify.prefix.length));
  if (signature?.length !== expected.length || !timingSafeEqual(signature, expected)) return refused;
  return { ok: true, signature: timestamp === null ? null : expected.toString('hex') };
}

/** Hashed first: of two texts of different length nothing else can be compared in constant time. */
const isSame = (given: string, secret: string): boolean =>
  timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', secret, 'buffer'));

/** Seconds or milliseconds since the epoch. */
function isNear(timestamp: string, now: number): boolean {
  if (!/^\d{1,15}$/.test(timestamp)) return false;
  const value = Number(timestamp);
  const ms = value < 1e11 ? value * 1_000 : value;
  return Math.abs(now - ms) <= hookLimits.replayWindowMs;
}

/** Hex or base64. */
function bytesOf(text: string): Buffer | null {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64') : null;
}
