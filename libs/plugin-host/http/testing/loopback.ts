import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildConnector } from 'undici';
import type { HttpRequest } from '#plugin-sdk';
import { type Connect, EgressClient, type EgressOptions } from '../index.js';

const opened: { close(): unknown }[] = [];
/** Closes everything that a test has opened. */
export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.close();
}

export const closing = (each: { close(): unknown }): void => void opened.push(each);

const dial = buildConnector({ allowH2: false });

/** Connects to loopback, and would not to anything else even if the guard let it. */
const connectToLoopback: Connect = (options, callback) => {
  if (options.hostname === '127.0.0.1') return dial(options, callback);
  callback(new Error('no packet leaves in this test'), null);
};

/** A client that may reach loopback, if nothing else is said. */
export function clientWith(options: Partial<EgressOptions> = {}): EgressClient {
  const client = new EgressClient({
    allow: ['127.0.0.1'],
    resolve: async () => ['127.0.0.1'],
    connect: connectToLoopback,
    ...options,
  });
  opened.push(client);
  return client;
}

/** A server on loopback, and where it is. */
export async function listen(answer: RequestListener): Promise<{ url: string; port: number }> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  opened.push({ close: () => new Promise((done) => (server.close(done), server.closeAllConnections())) });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, port };
}

export const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: 'GET',
  headers: {},
  maxBytes: 200_000,
  followRedirects: false,
  ...more,
});
