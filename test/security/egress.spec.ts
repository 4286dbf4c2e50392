import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect as connectTo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EgressClient, isPublic, type EgressOptions } from '#plugin-host';
import type { HttpRequest } from '#plugin-sdk';

/** An address as a resolver may give it, or a host as someone may write it into a URL. */
type Form = { readonly address: string; readonly public: boolean } | { readonly host: string; readonly public: false };

const forms = readFileSync(new URL('./corpus/addresses.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Form);
const corpus = forms.filter((form) => 'address' in form);
const hosts = forms.flatMap((form) => ('host' in form ? [form.host] : []));

const { signal } = new AbortController();
const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url,
  method: 'GET',
  headers: {},
  maxBytes: 10_000,
  followRedirects: false,
  ...more,
});

/** Stands where sockets are made: whatever gets this far would have left. Nothing does. */
function counting(): { connect: NonNullable<EgressOptions['connect']>; reached: string[] } {
  const reached: string[] = [];
  return {
    reached,
    connect: (options, callback) => {
      reached.push(options.hostname);
      callback(new Error('no packet leaves in this test'), null);
    },
  };
}

describe('which addresses are public', () => {
  it('is known for every one of the corpus', () => {
    const wrong = corpus.filter((each) => isPublic(each.address) !== each.public).map(({ address }) => address);
    expect({ tried: corpus.length, wrong }).toEqual({ tried: 140, wrong: [] });
  });
});

describe('the way out', () => {
  it('opens no socket to any address that is not public, however a name gets there', async () => {
    const closed = corpus.filter((each) => !each.public).map(({ address }) => address);
    const { connect, reached } = counting();
    let refused = 0;
    for (const address of closed) {
      const client = new EgressClient({ allow: [], connect, resolve: async () => [address] });
      await client
        .send(get('http://innocent.example/'), signal)
        .catch((error: { code: string }) => (refused += error.code === 'host_not_allowed' ? 1 : 0));
    }
    expect({ refused, reached }).toEqual({ refused: closed.length, reached: [] });
  });

  it.each([
    ['opens no socket to any way of writing a host inside', [], 58, 0],
    ['would open them all, were the guard off', ['0.0.0.0/0', '::/0'], 0, 58],
  ])('%s', async (_what, allow, refusals, sockets) => {
    const { connect, reached } = counting();
    const client = new EgressClient({ allow, connect, resolve: async () => ['127.0.0.1'] });
    let refused = 0;
    for (const host of hosts) {
      await client
        .send(get(`http://${host}/`), signal)
        .catch((error: { code: string }) => (refused += error.code === 'host_not_allowed' ? 1 : 0));
    }
    expect({ tried: hosts.length, refused, sockets: reached.length }).toEqual({
      tried: 58,
      refused: refusals,
      sockets,
    });
  });

  it('is not let through by one public address among others', async () => {
    const { connect, reached } = counting();
    const client = new EgressClient({ allow: [], connect, resolve: async () => ['1.1.1.1', '10.0.0.1'] });
    await expect(client.send(get('http://mixed.example/'), signal)).rejects.toMatchObject({ code: 'host_not_allowed' });
    expect(reached).toEqual([]);
  });

  it('would open one, were the guard off: the address that was looked at is the one that is dialled', async () => {
    const { connect, reached } = counting();
    const client = new EgressClient({ allow: ['innocent.example'], connect, resolve: async () => ['10.0.0.1'] });
    await client.send(get('http://innocent.example/'), signal).catch(() => undefined);
    expect(reached).toEqual(['10.0.0.1']);
  });

  it.each([
    ['ftp://example.com/', 'invalid_url'],
    ['file:///etc/passwd', 'invalid_url'],
    ['http://user:pass@example.com/', 'invalid_url'],
    ['not a url', 'invalid_url'],
  ])('refuses %s', async (url, code) => {
    const { connect, reached } = counting();
    const client = new EgressClient({ allow: [], connect, resolve: async () => ['93.184.215.14'] });
    await expect(client.send(get(url), signal)).rejects.toMatchObject({ code, retryable: false });
    expect(reached).toEqual([]);
  });

  it.each([
    { host: 'x' },
    { 'Content-Length': '0' },
    { 'x-a': 'b\r\nx: y' },
    { 'x a': 'b' },
    { 'transfer-encoding': 'chunked' },
  ])('refuses the headers %j', async (headers) => {
    const sent = new EgressClient({ allow: ['127.0.0.1'] }).send(
      get('http://127.0.0.1:1/', { headers: headers as unknown as Record<string, string> }),
      signal,
    );
    await expect(sent).rejects.toMatchObject({ code: 'invalid_header' });
  });
});

describe('to a listener on loopback that is allowed', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => void (server.closeAllConnections(), server.close())));

  async function listen(handle: RequestListener): Promise<{ url: string; port: number; client: EgressClient }> {
    const server = createServer(handle);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, port, client: new EgressClient({ allow: [`127.0.0.1:${port}`] }) };
  }

  it('sends the request and gives the answer', async () => {
    const { url, client } = await listen((request, response) => {
      let body = '';
      request
        .on('data', (part) => (body += part))
        .on('end', () => response.setHeader('x-seen', String(request.headers['x-a'])).end(`${request.method} ${body}`));
    });
    const answer = await client.send(get(url, { method: 'POST', headers: { 'X-A': 'b' }, body: 'hi' }), signal);
    expect(answer).toMatchObject({ status: 200, body: 'POST hi', headers: { 'x-seen': 'b' } });
  });

  it('does not reach another port of the same host', async () => {
    const { client } = await listen((_, response) => void response.end());
    await expect(client.send(get('http://127.0.0.1:1/'), signal)).rejects.toMatchObject({ code: 'host_not_allowed' });
  });

  it('follows no redirect unasked, judges each target, and keeps credentials to itself', async () => {
    const seen: (string | undefined)[] = [];
    const second = await listen(
      (request, response) => void (seen.push(request.headers.authorization), response.end('second')),
    );
    const first = await listen((request, response) =>
      response.writeHead(302, { location: request.url === '/away' ? 'http://10.0.0.1/' : second.url }).end(),
    );
    const dialled: string[] = [];
    const client = new EgressClient({
      allow: [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`],
      connect: ({ hostname, port }, callback) => {
        dialled.push(hostname);
        const socket: Socket = connectTo(Number(port), '127.0.0.1', () => callback(null, socket)); // and nowhere else
      },
    });
    expect(await client.send(get(first.url), signal)).toMatchObject({ status: 302 });
    expect(
      await client.send(get(first.url, { followRedirects: true, headers: { authorization: 'secret' } }), signal),
    ).toMatchObject({ body: 'second' });
    expect(seen).toEqual([undefined]);
    await expect(client.send(get(`${first.url}away`, { followRedirects: true }), signal)).rejects.toMatchObject({
      code: 'host_not_allowed',
    });
    expect(new Set(dialled)).toEqual(new Set(['127.0.0.1']));
  });

  it('follows three redirects and no more', async () => {
    const { url, client } = await listen((_, response) => response.writeHead(302, { location: '/' }).end());
    await expect(client.send(get(url, { followRedirects: true }), signal)).rejects.toMatchObject({
      code: 'redirect_refused',
    });
  });

  it('reads no more than max_bytes', async () => {
    const { url, client } = await listen((_, response) => void response.end('x'.repeat(20_000)));
    await expect(client.send(get(url), signal)).rejects.toMatchObject({ code: 'too_large', uncertain: true });
  });

  it('calls an answer that broke off uncertain, and one that never began failed', async () => {
    const { url, client } = await listen((request) => void request.socket.destroy());
    await expect(client.send(get(url, { method: 'POST' }), signal)).rejects.toMatchObject({
      code: 'connection_failed',
      uncertain: true,
      retryable: true,
    });
    const closed = new EgressClient({ allow: ['127.0.0.1'] });
    await expect(closed.send(get('http://127.0.0.1:1/'), signal)).rejects.toMatchObject({
      code: 'connection_failed',
      uncertain: false,
    });
  });

  it('is ended by its signal, and its outcome is not known', async () => {
    const { url, client } = await listen(() => undefined);
    const leaving = new AbortController();
    const sent = client.send(get(url), leaving.signal);
    setTimeout(() => leaving.abort(new Error('enough')), 20);
    await expect(sent).rejects.toMatchObject({ code: 'timeout', retryable: true, uncertain: true });
  });

  it.each(['127.0.0.0/8', '*.example.org', 'api.example.org:PORT'])('is allowed by %s', async (entry) => {
    const { port } = await listen((_, response) => void response.end('ok'));
    const client = new EgressClient({
      allow: [entry.replace('PORT', String(port))],
      resolve: async () => ['127.0.0.1'],
    });
    expect(await client.send(get(`http://api.example.org:${port}/`), signal)).toMatchObject({ body: 'ok' });
  });
});
