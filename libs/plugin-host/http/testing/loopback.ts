import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpRequest } from '#plugin-sdk';
import { EgressClient, type EgressOptions } from '../index.js';

const opened: { close(): unknown }[] = [];
/** Closes everything that a test has opened. */
export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.close();
}

export const closing = (each: { close(): unknown }): void => void opened.push(each);

/** A client that may reach loopback, if nothing else is said. */
export function clientWith(options: Partial<EgressOptions> = {}): EgressClient {
  const client = new EgressClient({ allow: ['127.0.0.1'], ...options });
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
