import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  mentionsSecret,
  NodeFailure,
  secretReferences,
} from '#plugin-sdk';
import { allowsHost } from './secret-hosts.js';

/** Where the values of secrets come from. Null: this tenant has none of that name. */
export interface SecretSource {
  find(tenant: string, name: string): Promise<SecretValue | null>;
}

export interface SecretValue {
  readonly value: string;
  readonly hosts: readonly string[];
}

/** Whose request it is, and which secrets its graph says that it may use. */
export interface SecretUse {
  readonly tenant: string;
  readonly secrets: readonly string[];
}

/**
 * A client that puts the values of secrets where a request refers to them, as late as can be.
 *
 * 1. Only secrets that the graph itself names for this step: a reference to any other is a text like all texts.
 * 2. Only to the hosts of each secret (`secret_host_refused`), and to no other by a redirect.
 * 3. A value fits where it stands: escaped in a JSON body, encoded in a URL.
 * 4. What comes back is given on without the values, in whatever of these forms they are.
 */
export function withSecrets(client: HttpClient, use: SecretUse, source: SecretSource): HttpClient {
  if (use.secrets.length === 0) return client;
  return {
    async send(request) {
      const names = namesIn(request).filter((name) => use.secrets.includes(name)); // rule 1
      if (names.length === 0) return client.send(request);
      const values = new Map<string, string>();
      for (const name of names) values.set(name, await valueFor(name, request.url, use.tenant, source));
      const filling = { values, users: usersIn(request) };
      try {
        return redacted(await client.send(filled(request, values)), filling);
      } catch (error) {
        throw redactedFailure(error, filling);
      }
    },
  };
}

/** What was put into a request: the values by name, and the user names that stand before them in credentials. */
interface Filling {
  readonly values: ReadonlyMap<string, string>;
  readonly users: readonly string[];
}

/** What is escaped may be escaped again: an answer in JSON that holds JSON that holds the request. */
const deepestEscape = 3;

const texts = ({ url, headers, body = '' }: HttpRequest): string[] => [decoded(url), body, ...Object.values(headers)];

const namesIn = (request: HttpRequest): string[] => [
  ...new Set(
    texts(request)
      .filter(mentionsSecret)
      .flatMap((text) => [...text.matchAll(secretReferences())].map((match) => match[2]!)),
  ),
];

const usersIn = (request: HttpRequest): string[] =>
  texts(request).flatMap((text) =>
    [...text.matchAll(secretReferences())].flatMap(([, kind, , user]) =>
      kind === 'basic' ? [decodeURIComponent(user ?? '')] : [],
    ),
  );

/** Rule 2. */
async function valueFor(name: string, url: string, tenant: string, source: SecretSource): Promise<string> {
  const secret = await source.find(tenant, name);
  if (secret === null)
    throw new NodeFailure({
      code: 'secret_not_found',
      message: `There is no secret "${name}". Make it with POST /api/v1/secrets.`,
    });
  const { hostname, port, protocol } = new URL(url);
  if (allowsHost(secret.hosts, hostname, port || (protocol === 'https:' ? '443' : '80'))) return secret.value;
  throw new NodeFailure({
    code: 'secret_host_refused',
    message: `The secret "${name}" may not be sent to ${hostname}: its hosts are ${secret.hosts.join(', ')}.`,
  });
}

/** Rule 3. */
function filled(request: HttpRequest, values: ReadonlyMap<string, string>): HttpRequest {
  const { url, headers, body } = request;
  const isJson = (headers['content-type'] ?? '').includes('json');
  const asIs = (value: string) => value;
  const inJson = (value: string) => JSON.stringify(value).slice(1, -1);
  return {
    ...request,
    followRedirects: false, // rule 2
    url: mentionsSecret(decoded(url)) ? put(decoded(url), values, encodeURIComponent) : url,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value, values, asIs)])),
    ...(body !== undefined && { body: put(body, values, isJson ? inJson : asIs) }),
  };
}

function put(text: string, values: ReadonlyMap<string, string>, escaped: (value: string) => string): string {
  return text.replace(secretReferences(), (reference, kind: string, name: string, user?: string) => {
    const value = values.get(name);
    if (value === undefined) return reference;
    if (kind === 'secret') return escaped(value);
    return base64(`${decodeURIComponent(user ?? '')}:${value}`);
  });
}

/** References in a URL are percent-encoded; everything else of it stays as it was written. */
const decoded = (url: string): string =>
  url.replace(/%EE%80%80(.*?)%EE%80%81/gi, (_whole, inner: string) => `\uE000${decodeURIComponent(inner)}\uE001`);

/** Rule 4. */
function redacted(response: HttpResponse, filling: Filling): HttpResponse {
  const clean = cleaner(filling);
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, clean(value)]));
  return { ...response, headers, body: clean(response.body) };
}

function redactedFailure(error: unknown, filling: Filling): unknown {
  if (!(error instanceof NodeFailure)) return error;
  const clean = cleaner(filling);
  const { code, retryable, uncertain, retryAfterMs, details } = error;
  return new NodeFailure({
    code,
    message: clean(error.message),
    retryable,
    uncertain,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details: JSON.parse(clean(JSON.stringify(details))) as never }),
  });
}

/** Every form in which a value may come back: as it is, escaped (also within what was escaped), encoded, or as credentials. */
function formsOf(value: string, users: readonly string[]): string[] {
  const escaped = [value];
  for (let depth = 1; depth <= deepestEscape; depth += 1) escaped.push(JSON.stringify(escaped.at(-1)).slice(1, -1));
  const credentials = users.map((user) => base64(`${user}:${value}`));
  return [...new Set([...escaped, encodeURIComponent(value), base64(value), ...credentials])];
}

function cleaner({ values, users }: Filling): (text: string) => string {
  const forms = [...values].flatMap(([name, value]) =>
    formsOf(value, users).map((form) => [form, `[secret:${name}]`] as const),
  );
  const longestFirst = forms.toSorted(([left], [right]) => right.length - left.length);
  return (text) => longestFirst.reduce((clean, [form, instead]) => clean.replaceAll(form, instead), text);
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
