import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface UpstreamOptions {
  /** Rest before each answer. Default 0. */
  readonly delayMs?: number;
  /** Statuses of the first answers, in order; afterwards 200. */
  readonly statuses?: readonly number[];
  /** Default: any free port. */
  readonly port?: number;
}

/** A call as it came in. */
export interface UpstreamCall {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: string;
}

export interface Upstream {
  readonly url: string;
  /** How often each `Idempotency-Key` came; calls without one under ''. */
  calls(): Map<string, number>;
  /** Every call in order. */
  log(): readonly UpstreamCall[];
  close(): Promise<void>;
}

/** A service on loopback that counts its calls by idempotency key; `GET /report` tells them as JSON and is not counted. */
export async function startUpstream({ delayMs = 0, statuses = [], port = 0 }: UpstreamOptions = {}): Promise<Upstream> {
  const calls = new Map<string, number>();
  const log: UpstreamCall[] = [];
  const server = createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/report') return reply(response, 200, { calls: Object.fromEntries(calls), log });
    const call = await readCall(request);
    const number = log.push(call);
    calls.set(call.key ?? '', (calls.get(call.key ?? '') ?? 0) + 1);
    if (delayMs > 0) await new Promise((done) => setTimeout(done, delayMs));
    reply(response, statuses[number - 1] ?? 200, { ok: true, number, ...call });
  }

  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => new Map(calls),
    log: () => [...log],
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readCall(request: IncomingMessage): Promise<UpstreamCall> {
  const { 'idempotency-key': key } = request.headers;
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return { method: request.method ?? '', path: request.url ?? '', key: typeof key === 'string' ? key : null, body };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** As a script: `node upstream.ts [port] [delay in ms]` serves until it is ended, and prints its address. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port, delayMs] = process.argv.slice(2).map(Number);
  const { url } = await startUpstream({ port: port ?? 0, delayMs: delayMs ?? 0 });
  console.log(url);
}
