import { type HttpRequest, type JsonObject, type JsonValue, NodeFailure, secretReference } from '@chatter/plugin-sdk';
import type { HttpRequestConfig } from './http-request.config.js';

/** Methods that look and do not touch; they carry no body. */
export const READING: readonly string[] = ['GET', 'HEAD'];

/** What is sent: the URL with its query, headers by lower-case name, a body where there is one. Throws `NodeFailure`. */
export function requestOf(config: HttpRequestConfig, idempotencyKey: string): HttpRequest {
  const { method } = config;
  const body = textOf(config.body ?? null);
  if (body !== null && READING.includes(method)) {
    throw refusal('invalid_config', `A ${method} request carries no body. Use POST, or put it into query.`);
  }
  const auth = authOf(config.auth);
  const writes = !READING.includes(method) && !config.safe;
  return {
    url: urlOf(config.url, { ...config.query, ...auth.query }),
    method,
    headers: {
      ...(config.response === 'json' ? { accept: 'application/json' } : {}),
      ...(body === null ? {} : { 'content-type': contentTypeOf(config.body) }),
      ...(writes ? { 'idempotency-key': idempotencyKey } : {}),
      ...headersOf(config.headers ?? {}), // last: who writes a header means it
      ...auth.headers,
    },
    ...(body === null ? {} : { body }),
    maxBytes: config.max_bytes,
    followRedirects: config.follow_redirects,
  };
}

interface Auth {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: JsonObject;
}

/** Where the secret stands: a reference, which the host replaces as it sends the request. */
function authOf(auth: HttpRequestConfig['auth']): Auth {
  if (!auth) return { headers: {}, query: {} };
  const reference = secretReference(auth.secret);
  switch (auth.type) {
    case 'bearer':
      return { headers: { authorization: `Bearer ${reference}` }, query: {} };
    case 'basic':
      return { headers: { authorization: `Basic ${secretReference(auth.secret, auth.username ?? '')}` }, query: {} };
    case 'header':
      return { headers: { [named(auth).toLowerCase()]: reference }, query: {} };
    case 'query':
      return { headers: {}, query: { [named(auth)]: reference } };
  }
}

function named({ type, name }: NonNullable<HttpRequestConfig['auth']>): string {
  if (name) return name;
  throw refusal(
    'invalid_config',
    `auth of type "${type}" needs a name: that of the ${type === 'query' ? 'parameter' : 'header'}.`,
  );
}

/** Adds the query behind the one that the URL has, and leaves that as it was written. */
function urlOf(text: string, query: JsonObject): string {
  const url = parsed(text);
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly JsonValue[]) : [value])
      .map((one) => scalarOf(one, `query.${name}`))
      .filter((one) => one !== null)
      .map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  if (pairs.length > 0) url.search = [url.search.slice(1), ...pairs].filter((part) => part !== '').join('&');
  return url.href;
}

function parsed(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw refusal(
    'invalid_url',
    `"${text.slice(0, 200)}" is no URL to ask. Write it in full: https://api.example.com/items.`,
  );
}

function headersOf(headers: JsonObject): Record<string, string> {
  const named: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    const text = scalarOf(value, `headers.${name}`);
    if (text !== null) named.push([name.toLowerCase(), text]);
  }
  return Object.fromEntries(named);
}

/** A text for a value that has an obvious one; null where nothing is to be sent. */
function scalarOf(value: JsonValue, where: string): string | null {
  if (value === null) return null;
  if (typeof value !== 'object') return String(value);
  throw refusal(
    'invalid_config',
    `${where} is ${Array.isArray(value) ? 'a list' : 'an object'}. Give a text, a number or a boolean.`,
  );
}

function textOf(body: JsonValue): string | null {
  if (body === null || typeof body === 'string') return body;
  return JSON.stringify(body);
}

const contentTypeOf = (body: JsonValue | undefined): string =>
  typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';

const refusal = (code: string, message: string): NodeFailure => new NodeFailure({ code, message });
