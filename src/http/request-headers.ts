import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

const token = /^[\x21-\x7e]{1,255}$/;

/** A header that must be printable text without spaces, of at most 255 characters; undefined where it is not sent. */
export function tokenHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && token.test(value)) return value;
  throw new Problem('invalid_header', `The header ${name} must be 1 to 255 printable characters without spaces.`);
}

/** `If-Match: "3"` → 3. */
export function matchHeader(request: FastifyRequest): number | undefined {
  const value = tokenHeader(request, 'if-match');
  if (value === undefined || value === '*') return undefined;
  const version = Number(value.replace(/^"|"$/g, ''));
  if (Number.isSafeInteger(version) && version > 0) return version;
  throw new Problem('invalid_header', 'If-Match must be the version you have seen, like "3".');
}

/** `Prefer: respond-async, wait=10` (RFC 7240). */
export function preference(request: FastifyRequest): { readonly async: boolean; readonly waitMs: number | null } {
  const value = String(request.headers['prefer'] ?? '');
  const wait = /(?:^|[,;\s])wait=(\d{1,6})/.exec(value)?.[1];
  return {
    async: /(?:^|[,;\s])respond-async(?:$|[,;\s])/.test(value),
    waitMs: wait === undefined ? null : Number(wait) * 1_000,
  };
}
