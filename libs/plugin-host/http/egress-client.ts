import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, type Dispatcher, fetch as fetchThrough } from 'undici';
import { type HttpClient, type HttpRequest, type HttpResponse, NodeFailure } from '#plugin-sdk';
import { AllowList } from './allow-list.js';
import { ACCEPTED_ENCODINGS, readBody, UnreadableBody } from './body.js';
import {
  codeOf,
  type Connect,
  connectorFor,
  guardedConnector,
  NotConnected,
  type Resolve,
  resolveByName,
} from './connector.js';
import { afterWriting, connectionFailed, notOursAnyMore, redirectRefused, timedOut, tooLarge } from './failures.js';
import { type Hop, isRedirect, MAX_REDIRECTS, nextHop } from './redirect.js';
import { headersOf, methodOf, urlOf } from './request-check.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** Silence this long ends a request; the step's own limit is usually shorter. */
const SILENCE_MS = 300_000;
/** What a call through `fetch` may answer at most, in bytes: as sent, and as unpacked. */
const MAX_FETCHED_BYTES = 16 * 1024 * 1024;

/** Answers without a body, whatever their headers say of one. */
const BODILESS = [204, 205, 304];

export interface EgressOptions {
  /** What may be reached beside public addresses: host, host:port, `*.host` or a range (CIDR). */
  readonly allow: readonly string[];
  /** How names are resolved. Default: as the system does. */
  readonly resolve?: Resolve;
  /** How a checked address is connected to. Default: over TCP or TLS. */
  readonly connect?: Connect;
  /** Asked in the moment in which a request is to be written: whether this process may still make calls. Default: it may. */
  readonly mayCall?: () => boolean;
}

/**
 * The only way out over HTTP. Public addresses, and what the operator allowed; see `guardedConnector` for how that is
 * made sure. Connections are kept and used again. No proxy is read from the environment.
 *
 * Throws `NodeFailure`: `invalid_url`, `invalid_method`, `invalid_header`, `host_not_allowed`, `redirect_refused`,
 * `too_large` (all not retryable), `lease_over` (nothing was sent), `connection_failed` and `timeout` (retryable; `uncertain`
 * once the request was begun).
 */
export class EgressClient implements HttpClient {
  private readonly agent: Dispatcher;

  constructor(private readonly options: EgressOptions) {
    const { allow, resolve = resolveByName, connect = connectorFor(CONNECT_TIMEOUT_MS), mayCall } = options;
    const agent = new Agent({
      connect: guardedConnector(new AllowList(allow), resolve, connect),
      allowH2: false,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      maxResponseSize: MAX_FETCHED_BYTES,
    });
    this.agent = mayCall === undefined ? agent : agent.compose(onlyWhile(mayCall));
  }

  /** Ended by the signal, it fails with `timeout`. Redirects are followed at most three times, and only when asked for. */
  async send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    let hop: Hop = {
      url: urlOf(request.url),
      method: methodOf(request),
      headers: headersOf(request),
      body: request.body,
    };
    let response = await this.exchange(hop, request.maxBytes, signal);
    for (let hops = 0; request.followRedirects; hops++) {
      const location = response.headers['location'];
      if (location === undefined || !isRedirect(response.status)) break;
      try {
        if (hops === MAX_REDIRECTS) throw redirectRefused(`${hop.url.host} sends on, for the fourth time.`);
        hop = nextHop(hop, response.status, location);
        response = await this.exchange(hop, request.maxBytes, signal);
      } catch (error) {
        throw error instanceof NodeFailure ? afterWriting(error) : error;
      }
    }
    return response;
  }

  /** A client that may also reach what the entries name. */
  allowing(entries: readonly string[]): EgressClient {
    return new EgressClient({ ...this.options, allow: [...this.options.allow, ...entries] });
  }

  /** `fetch` under the same rules, for libraries that speak it; it follows no redirect. */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = urlOf(input instanceof Request ? input.url : String(input));
    const asked = input instanceof Request ? partsOf(input) : {};
    const options = { ...asked, ...init, dispatcher: this.agent, redirect: 'error' };
    const response = await fetchThrough(url, options as Parameters<typeof fetchThrough>[1]);
    return bounded(response as unknown as Response, url.host);
  };

  /** Closes all connections; requests under way fail. */
  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async exchange(hop: Hop, maxBytes: number, signal: AbortSignal | undefined): Promise<HttpResponse> {
    const place = hop.url.host;
    const progress = { written: false };
    try {
      signal?.throwIfAborted();
      const { statusCode, headers, body } = await watched(this.agent, progress).request(requestOf(hop, signal));
      const flat = flatten(headers);
      const { 'content-encoding': packed = '', 'content-type': type = '' } = flat;
      const encoding = hop.method === 'HEAD' || BODILESS.includes(statusCode) ? '' : packed;
      return { status: statusCode, headers: flat, body: await readBody(body, { place, maxBytes, encoding, type }) };
    } catch (error) {
      throw failureOf(error, { place, maxBytes, written: progress.written, ended: signal?.aborted === true });
    }
  }
}

const partsOf = ({ method, headers, body, signal }: Request): RequestInit & { duplex: 'half' } => ({
  method,
  headers: [...headers],
  body,
  signal,
  duplex: 'half',
});

/** The same answer, which breaks off with `too_large` when it unpacks to more than may be answered. */
function bounded(response: Response, place: string): Response {
  if (response.body === null) return response;
  let size = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size > MAX_FETCHED_BYTES) controller.error(tooLarge(place, MAX_FETCHED_BYTES));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers: [...headers] });
}

/** The client as one step has it: every request ends when the step does. */
export const bindHttp = (client: EgressClient, signal: AbortSignal): HttpClient => ({
  send: (request) => client.send(request, signal),
});

function requestOf({ url, method, headers, body }: Hop, signal: AbortSignal | undefined): Dispatcher.RequestOptions {
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: method as Dispatcher.HttpMethod,
    headers: { 'accept-encoding': ACCEPTED_ENCODINGS, ...headers },
    body: body ?? null,
    ...(signal === undefined ? {} : { signal }),
  };
}

type OnRequestStart = NonNullable<Dispatcher.DispatchHandler['onRequestStart']>;

/** Does something in the moment in which a request is to be written; it goes on unless that has aborted it. */
const before =
  (
    begins: (controller: Parameters<OnRequestStart>[0], host: string) => void,
  ): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        begins(controller, new URL(String(options.origin)).host);
        if (!controller.aborted) handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });

/** Notes when a request begins to be written: from then on the target may have acted on it. */
const watched = (agent: Dispatcher, progress: { written: boolean }): Dispatcher =>
  agent.compose(before(() => (progress.written = true)));

/** A process that was frozen goes on where it was: at a request that another process has made meanwhile. */
const onlyWhile =
  (mayCall: () => boolean): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) => {
    const mayStillCall = AsyncLocalStorage.bind(mayCall); // asked for whoever makes the request, though a socket is first
    const only = before((controller, host) => {
      if (!mayStillCall()) controller.abort(notOursAnyMore(host));
    });
    return only(dispatch)(options, handler);
  };

interface Ending {
  readonly place: string;
  readonly maxBytes: number;
  readonly written: boolean;
  readonly ended: boolean;
}

function failureOf(error: unknown, { place, maxBytes, written, ended }: Ending): NodeFailure {
  if (error instanceof NodeFailure) return error;
  if (ended) return timedOut(place, written);
  if (error instanceof NotConnected) {
    return error.reason === 'UND_ERR_CONNECT_TIMEOUT'
      ? timedOut(place, false)
      : connectionFailed(place, error.reason, false);
  }
  if (error instanceof UnreadableBody) return connectionFailed(place, error.message, written);
  const code = codeOf(error);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return tooLarge(place, Math.min(maxBytes, MAX_FETCHED_BYTES));
  if (/TIMEOUT/.test(code)) return timedOut(place, written);
  return connectionFailed(place, code, written);
}

const flatten = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
