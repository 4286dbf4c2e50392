import { createHmac } from 'node:crypto';
import type { Caller } from '#runtime';

/**
 * The id of what a request with an `Idempotency-Key` creates, always the same for one caller, route and key: a UUID
 * (version 8) that nobody can guess who does not know the secret.
 */
export function derivedUuid(secret: string, { tenant, sub }: Caller, route: string, key: string): string {
  const hex = createHmac('sha256', secret)
    .update(JSON.stringify([tenant, sub, route, key]))
    .digest('hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
