import type { JsonObject, JsonValue } from '@chatter/plugin-sdk';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MOST_CHARACTERS = 200;
const SEGMENTS = /^\/?[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/;
const HEADER = /^[A-Za-z0-9-]{1,100}$/;
const SECRET_KEYS = ['secret', 'header'];
const HMAC_KEYS = ['scheme', 'secret', 'header', 'prefix', 'timestamp_header'];

/** Each of these says what is wrong and what to do; null: nothing. */
export function problemOfPath(path: JsonValue | undefined): string | null {
  if (typeof path !== 'string') return null;
  const dots = path.split('/').some((segment) => segment === '.' || segment === '..');
  if (SEGMENTS.test(path) && !dots && path.length <= MOST_CHARACTERS) return null;
  return `path is "${path.slice(0, MOST_CHARACTERS)}". Use letters, digits and . _ ~ - in segments with / between them, at most ${MOST_CHARACTERS} characters.`;
}

export function problemOfMethods(methods: JsonValue | undefined): string | null {
  if (!Array.isArray(methods)) return null;
  const odd = methods.find((method) => !METHODS.includes(String(method)));
  if (odd !== undefined) return `"${String(odd)}" is no method here. Choose of ${METHODS.join(', ')}.`;
  return methods.length === 0 ? `Name a method at least: ${METHODS.join(', ')}.` : null;
}

export const problemOfHeader = (header: JsonValue): string | null =>
  typeof header !== 'string' || HEADER.test(header) ? null : `"${header}" is no name of a header.`;

/**
 * How a request shows that it comes from who it should.
 *
 * 1. `none`: it does not; whoever knows the address may begin executions.
 * 2. `{secret, header?}`: the secret's value stands in the header.
 * 3. `{scheme: "hmac_sha256", secret, header, prefix?, timestamp_header?}`: the header holds a signature of the body.
 */
export function problemOfVerify(verify: JsonValue): string | null {
  if (verify === 'none') return null; // rule 1
  if (typeof verify !== 'object' || verify === null || Array.isArray(verify)) {
    return 'verify must be "none", {"secret": "<name>"} or {"scheme": "hmac_sha256", "header": "…", "secret": "<name>"}.';
  }
  const given = verify as JsonObject;
  const signed = given['scheme'] !== undefined;
  if (signed && given['scheme'] !== 'hmac_sha256') return 'The one scheme that there is is "hmac_sha256".';
  const known = signed ? HMAC_KEYS : SECRET_KEYS;
  const odd = Object.keys(given).find((key) => !known.includes(key));
  if (odd !== undefined) return `"${odd}" is not known in verify. Known are: ${known.join(', ')}.`;
  const missing = (signed ? ['secret', 'header'] : ['secret']).find((key) => given[key] === undefined); // rules 2, 3
  if (missing !== undefined) return `verify needs ${missing}.`;
  const noText = Object.keys(given).find((key) => typeof given[key] !== 'string' || given[key] === '');
  if (noText !== undefined && noText !== 'prefix') return `verify.${noText} must be a text.`;
  for (const key of ['header', 'timestamp_header']) {
    const problem = given[key] === undefined ? null : problemOfHeader(given[key]);
    if (problem !== null) return problem;
  }
  return null;
}
