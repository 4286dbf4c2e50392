import { redirectRefused } from './failures.js';
import { urlOf } from './request-check.js';

export const MAX_REDIRECTS = 3;

/** Headers that are no secret and may go to another origin. Which others hold one, nobody can tell. */
const HARMLESS = ['accept', 'accept-encoding', 'accept-language', 'content-language', 'content-type', 'user-agent'];

/** One request as it goes out. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/**
 * Where a redirect leads.
 *
 * 1. Never from https to http.
 * 2. 303, and 301 or 302 after a POST, ask again with GET and without the body; the others repeat the request.
 * 3. To another origin go only harmless headers, and no body.
 */
export function nextHop(hop: Hop, status: number, location: string): Hop {
  const url = urlOf(URL.parse(location, hop.url.href)?.href ?? location);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    throw redirectRefused(`${hop.url.host} sends on from https to http.`); // rule 1
  }
  const next = { ...hop, ...afterRedirect(hop, status), url };
  if (url.origin === hop.url.origin) return next;
  if (next.body !== undefined) {
    throw redirectRefused(`${hop.url.host} sends the request's body on to ${url.host}. Send it there yourself.`); // rule 3
  }
  return { ...next, headers: pick(next.headers, (name) => HARMLESS.includes(name)) };
}

/** Rule 2. */
function afterRedirect({ method, headers }: Hop, status: number): Partial<Hop> {
  const asksAgain = (status === 303 && method !== 'HEAD') || (status <= 302 && method === 'POST');
  if (!asksAgain) return {};
  return { method: 'GET', body: undefined, headers: pick(headers, (name) => !name.startsWith('content-')) };
}

const pick = (headers: Hop['headers'], keeps: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => keeps(name)));
