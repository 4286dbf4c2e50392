import { hash, randomBytes } from 'node:crypto';

/** `chk_` + 256 random bits + a checksum of six characters, so that a mistyped key is known as one without a look-up. */
export function makeApiKey(): { readonly key: string; readonly keyHash: string; readonly prefix: string } {
  const secret = randomBytes(32).toString('base64url');
  const key = `chk_${secret}${checksum(secret)}`;
  return { key, keyHash: hashOf(key), prefix: key.slice(0, 10) };
}

const checksum = (secret: string): string => hash('sha256', `chatter-api-key ${secret}`, 'base64url').slice(0, 6);

export const hashOf = (token: string): string => hash('sha256', token, 'hex');

export const isApiKey = (token: string): boolean =>
  /^chk_[A-Za-z0-9_-]{49}$/.test(token) && checksum(token.slice(4, -6)) === token.slice(-6);
