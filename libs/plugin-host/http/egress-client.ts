import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { NodeFailure, type HttpClient, type HttpRequest, type HttpResponse } from '#plugin-sdk';
import { Agent, buildConnector, request as send, type Dispatcher } from 'undici';
import { isPublic, readAllowed, type Allowed } from './addresses.js';
import { checkedHeaders } from './headers.js';

export interface EgressOptions {
  /** Hosts, `host:port`, `*.host`, addresses and ranges that may be reached although they are not public. */
  readonly allow: readonly string[];
  /** Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** Default: a TCP or TLS socket. A test of the guard puts its own here, so that no packet leaves. */
  readonly connect?: buildConnector.connector;
}

const redirectsAtMost = 3;
const redirecting = new Set([301, 302, 303, 307, 308]);

/**
 * The one way out over HTTP.
 *
 * 1. http and https only, without credentials in the address.
 * 2. A host's every address must be public, or allowed by the operator; the socket goes to the address that was looked
 *    at, and the address that it really has is looked at again.
 * 3. A redirect is followed only where asked for, three times at most, each target judged anew; what could be a
 *    credential stays with the first origin.
 * 4. An answer is read up to `maxBytes` and no further.
 * 5. A failure after the request was written is `uncertain`: it may have arrived.
 */
export class EgressClient {
  private readonly allowed: readonly Allowed[];
  private readonly agent: Agent;
  private readonly resolve: (host: string) => Promise<readonly string[]>;

  constructor({ allow, resolve = resolveAll, connect = buildConnector({ timeout: 10_000 }) }: EgressOptions) {
    this.allowed = allow.map(readAllowed);
    this.resolve = resolve;
    this.agent = new Agent({ connect: this.guarded(connect), keepAliveTimeout: 10_000, connections: 128 });
  }

  /** For libraries that bring their own HTTP: the same rules, as an undici dispatcher. */
  get dispatcher(): Dispatcher {
    return this.agent;
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    let url = readUrl(request.url);
    let { method, body } = request;
    let headers = checkedHeaders(request.headers);
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.once(url, { method, headers, body, maxBytes: request.maxBytes }, signal);
      const location = answer.headers['location'];
      if (!request.followRedirects || location === undefined || !redirecting.has(answer.status)) return answer;
      if (redirects === redirectsAtMost) throw failure('redirect_refused', `${url.origin} redirected more than ${redirectsAtMost} times.`);
      const next = readUrl(new URL(location, url).href);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      if (answer.status === 303 || (answer.status < 303 && method === 'POST')) [method, body] = ['GET', undefined];
      url = next;
    }
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async once(
    url: URL,
    { method, headers, body, maxBytes }: Pick<HttpRequest, 'method' | 'headers' | 'body' | 'maxBytes'>,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    try {
      const answer = await send(url, {
        method: method as Dispatcher.HttpMethod,
        headers,
        body: body ?? null,
        signal,
        dispatcher: this.agent,
      });
      return { status: answer.statusCode, headers: oneOfEach(answer.headers), body: await readUpTo(answer.body, maxBytes) };
    } catch (error) {
      throw asFailure(error, url, signal);
    }
  }

  /** Rule 2. Runs before any packet to the host; a name is resolved once, here, and never again behind our back. */
  private guarded(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '').toLowerCase();
      const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
      this.addressFor(host, port).then(
        (address) =>
          connect({ ...options, hostname: address, servername: options.servername || (isIP(host) ? undefined : host) } as buildConnector.Options, (...[error, socket]) => {
            if (error) return callback(error, null);
            const refused = this.judge(host, port, (socket as Socket).remoteAddress ?? address);
            if (!refused) return callback(null, socket!);
            socket!.destroy();
            callback(refused, null);
          }),
        (error: Error) => callback(error, null),
      );
    };
  }

  private async addressFor(host: string, port: number): Promise<string> {
    const addresses = isIP(host) ? [host] : await this.resolve(host);
    if (addresses.length === 0) throw failure('connection_failed', `${host} has no address.`, { retryable: true });
    for (const address of addresses) {
      const refused = this.judge(host, port, address);
      if (refused) throw refused;
    }
    return addresses[0]!;
  }

  private judge(host: string, port: number, address: string): NodeFailure | null {
    if (isPublic(address) || this.allowed.some((each) => each.matches(host, port, address))) return null;
    return failure('host_not_allowed', `${host} is not a public host. An operator may allow it by name (EGRESS_ALLOW=${host}:${port}).`);
  }
}

/** The client as one step sees it: bound to the step's signal. */
export const bindHttp = (client: EgressClient, signal: AbortSignal): HttpClient => ({
  send: (request) => client.send(request, signal),
});

async function resolveAll(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);
}

/** Rule 1. */
function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url) throw failure('invalid_url', 'The url is not an absolute URL, like https://api.example.com/path.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failure('invalid_url', `The url has the scheme "${url.protocol}"; only http and https can be called.`);
  if (url.username !== '' || url.password !== '') throw failure('invalid_url', 'The url holds credentials. Send them as a header.');
  return url;
}

const withoutCredentials = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization|x-api-key)$|token|secret/i.test(name)));

const oneOfEach = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]));

/** Rule 4. */
async function readUpTo(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw failure('too_large', `The answer is larger than max_bytes (${maxBytes}).`, { uncertain: true });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Codes of a connection that never came about: the request cannot have arrived. */
const neverConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'EADDRNOTAVAIL']);

function asFailure(error: unknown, url: URL, signal: AbortSignal): unknown {
  if (error instanceof NodeFailure) return error;
  if (signal.aborted) return signal.reason;
  const { code = 'unknown' } = error as { code?: string };
  const uncertain = !neverConnected.has(code); // rule 5
  return failure('connection_failed', `The connection to ${url.host} failed (${code}).`, { retryable: true, uncertain });
}

const failure = (code: string, message: string, more: { retryable?: boolean; uncertain?: boolean } = {}): NodeFailure =>
  new NodeFailure({ code, message, ...more });
