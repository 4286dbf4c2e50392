import { AsyncLocalStorage } from 'node:async_hooks';
import { connect as connectTo, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpResponse, NodeFailure } from '#plugin-sdk';
import { startUpstream } from '../../../test/support/upstream.js';
import { bindHttp, type Connect, EgressClient } from './index.js';
import { clientWith, closeAll, closing, get, listen } from './testing/loopback.js';

afterEach(closeAll);

const failureOf = (sent: Promise<HttpResponse>): Promise<NodeFailure> =>
  sent.then(
    () => Promise.reject(new Error('It was answered.')),
    (error: NodeFailure) => error,
  );

/** Connects to this port on loopback whatever is asked for, and remembers what that was. */
function dialing(
  port: number,
  refuse: readonly string[] = [],
): { connect: Connect; dialled: (string | undefined)[][] } {
  const dialled: (string | undefined)[][] = [];
  const connect: Connect = ({ hostname, servername }, callback) => {
    dialled.push([hostname, servername]);
    if (refuse.includes(hostname)) return callback(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), null);
    const socket: Socket = connectTo(port, '127.0.0.1', () => callback(null, socket));
  };
  return { connect, dialled };
}

describe('a request', () => {
  it('arrives as it was meant, and is answered', async () => {
    const upstream = await startUpstream({ statuses: [201] });
    closing(upstream);
    const headers = { 'Idempotency-Key': 'a/b', 'Content-Type': 'application/json' };
    const response = await clientWith().send(
      get(`${upstream.url}/orders?q=1`, { method: 'post', headers, body: '{"é":1}' }),
    );
    expect(response.status).toBe(201);
    expect(upstream.log()).toEqual([{ method: 'POST', path: '/orders?q=1', key: 'a/b', body: '{"é":1}' }]);
    expect(upstream.calls()).toEqual(new Map([['a/b', 1]]));
    const report = await clientWith().send(get(`${upstream.url}/report`));
    expect(JSON.parse(report.body)).toMatchObject({ calls: { 'a/b': 1 } });
  });

  it('is not written once this process may make calls no more, also when it was waiting for its connection', async () => {
    const upstream = await startUpstream({ statuses: [] });
    closing(upstream);
    let may = true;
    const client = clientWith({ mayCall: () => may });
    const connecting = failureOf(client.send(get(`${upstream.url}/late`, { method: 'post' })));
    may = false;
    expect(await connecting).toMatchObject({ code: 'lease_over', retryable: true, uncertain: false });
    await expect(client.fetch(upstream.url)).rejects.toThrow();
    expect(upstream.log()).toEqual([]);
    may = true;
    expect((await client.send(get(upstream.url))).status).toBe(200);
  });

  it('is asked about on behalf of whoever makes it, whoever opened its connection', async () => {
    const upstream = await startUpstream({ delayMs: 20 });
    closing(upstream);
    const caller = new AsyncLocalStorage<string>();
    const asked: (string | undefined)[] = [];
    const client = clientWith({ mayCall: () => asked.push(caller.getStore()) > 0 });
    const callers = Array.from({ length: 20 }, (_, n) => `attempt ${n}`);
    await Promise.all(callers.map((name) => caller.run(name, () => client.send(get(upstream.url)))));
    await caller.run('fetching', async () => (await client.fetch(upstream.url)).text());
    expect(asked.toSorted()).toEqual([...callers, 'fetching'].toSorted());
  });

  it('uses connections again', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await listen((request, response) =>
      response.end(String(ports.add(request.socket.remotePort).size)),
    );
    const client = clientWith();
    for (let sent = 0; sent < 5; sent++) await client.send(get(url));
    expect(ports.size).toBeLessThan(5);
  });

  it.each([['CONNECT'], ['TRACE'], ['GET /x'], ['']])('is not sent with the method %j', async (method) => {
    await expect(clientWith().send(get('http://127.0.0.1:1/', { method }))).rejects.toMatchObject({
      code: 'invalid_method',
    });
  });

  it('has each header once', async () => {
    const headers = { Accept: 'a', accept: 'b' };
    await expect(clientWith().send(get('http://127.0.0.1:1/', { headers }))).rejects.toMatchObject({
      code: 'invalid_header',
    });
  });

  it('ends with the step it is bound to', async () => {
    const leaving = new AbortController();
    const { url } = await listen(() => leaving.abort());
    const http = bindHttp(clientWith(), leaving.signal);
    await expect(http.send(get(url))).rejects.toMatchObject({ code: 'timeout', retryable: true, uncertain: true });
    await expect(http.send(get(url))).rejects.toMatchObject({ code: 'timeout', uncertain: false });
  });
});

describe('a connection', () => {
  it('is made to an address that was checked, and a certificate asked for in the name', async () => {
    const { connect, dialled } = dialing(1, ['93.184.215.14', '2606:2800:21f:cb07::1']);
    const client = clientWith({ connect, resolve: async () => ['93.184.215.14', '2606:2800:21f:cb07::1'] });
    const failure = await failureOf(client.send(get('https://example.com/')));
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: true, uncertain: false });
    expect(dialled).toEqual([
      ['93.184.215.14', 'example.com'],
      ['2606:2800:21f:cb07::1', 'example.com'],
    ]);
  });

  it('is made to the next address when one does not answer', async () => {
    const { url, port } = await listen((_, response) => response.end('here'));
    const { connect, dialled } = dialing(port, ['10.0.0.1']);
    const client = clientWith({
      allow: ['two.example', '127.0.0.1'],
      connect,
      resolve: async () => ['10.0.0.1', '127.0.0.1'],
    });
    expect(await client.send(get(url.replace('127.0.0.1', 'two.example')))).toMatchObject({ body: 'here' });
    expect(dialled.map(([address]) => address)).toEqual(['10.0.0.1', '127.0.0.1']);
  });

  it('is closed before a byte is sent when it ended elsewhere', async () => {
    let bytes = 0;
    const { port } = await listen(() => bytes++);
    const { connect, dialled } = dialing(port);
    const client = clientWith({ allow: [], connect, resolve: async () => ['93.184.215.14'] });
    const failure = await failureOf(client.send(get('http://rebound.example/')));
    expect(failure).toMatchObject({ code: 'host_not_allowed', retryable: false, uncertain: false });
    expect(failure.message).toContain('127.0.0.1');
    expect([dialled.length, bytes]).toEqual([1, 0]);
  });

  it.each([
    ['is not known', async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })), 'ENOTFOUND'],
    ['has no address', async () => [], 'no address'],
  ])('is not made when the name %s', async (_what, resolve, message) => {
    const failure = await failureOf(clientWith({ resolve }).send(get('http://nowhere.example/')));
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: true, uncertain: false });
    expect(failure.message).toContain(message);
  });

  it('that takes too long is a time-out, and nothing was sent', async () => {
    const slow: Connect = (_, callback) =>
      callback(Object.assign(new Error('no'), { code: 'UND_ERR_CONNECT_TIMEOUT' }), null);
    const failure = await failureOf(clientWith({ connect: slow }).send(get('http://127.0.0.1:1/')));
    expect(failure).toMatchObject({ code: 'timeout', retryable: true, uncertain: false });
  });

  it('is made as the system resolves and connects, if nothing else is said', async () => {
    const { url } = await listen((_, response) => response.end('here'));
    const client = new EgressClient({ allow: ['localhost'] });
    closing(client);
    expect(await client.send(get(url.replace('127.0.0.1', 'localhost')))).toMatchObject({ body: 'here' });
  });

  it.each([['::1'], ['[::1]'], ['[::1]:1'], ['::/64'], ['LOCALHOST'], ['localhost.:1'], [' localhost ']])(
    'may be allowed by %j',
    async (entry) => {
      const { connect, dialled } = dialing(1, ['::1']);
      const client = clientWith({ allow: ['', entry], connect, resolve: async () => ['::1'] });
      await failureOf(client.send(get('http://localhost:1/')));
      expect(dialled).toHaveLength(1);
    },
  );
});

describe('an answer', () => {
  const text = 'Grüße. '.repeat(50);

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['deflate, gzip', (body: string) => gzipSync(deflateSync(body))],
    ['identity', (body: string) => Buffer.from(body)],
  ])('packed as %s is unpacked', async (encoding, pack) => {
    const { url } = await listen((_, response) => response.setHeader('content-encoding', encoding).end(pack(text)));
    expect(await clientWith().send(get(url))).toMatchObject({ status: 200, body: text });
  });

  it.each([['zstd'], ['constructor'], ['gzip, gzip, gzip']])(
    'packed as %s is not taken, and its connection is closed',
    async (encoding) => {
      const closed = Promise.withResolvers<void>();
      const { url } = await listen((request, response) => {
        request.socket.on('close', () => closed.resolve());
        response.setHeader('content-encoding', encoding).write('?'); // and goes on
      });
      await expect(clientWith().send(get(url))).rejects.toMatchObject({ code: 'connection_failed', uncertain: true });
      await closed.promise;
    },
  );

  it('that is not packed as it says is not taken', async () => {
    const { url } = await listen((_, response) => response.setHeader('content-encoding', 'gzip').end('plain'));
    await expect(clientWith().send(get(url))).rejects.toMatchObject({ code: 'connection_failed', uncertain: true });
  });

  it.each([
    [
      'is larger than allowed once unpacked',
      gzipSync(Buffer.alloc(300_000, '0123456789abcdefghijklmnopqrstuvwxyz')),
      200_000,
    ],
    ['unpacks to a thousand times its size', gzipSync(Buffer.alloc(5_000_000)), 10_000_000],
  ])('that %s is left where it is', async (_what, body, maxBytes) => {
    const { url } = await listen((_, response) => response.setHeader('content-encoding', 'gzip').end(body));
    await expect(clientWith().send(get(url, { maxBytes }))).rejects.toMatchObject({
      code: 'too_large',
      retryable: false,
    });
  });

  it.each([
    ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), 'é'],
    ['text/plain; charset="UTF-8"', Buffer.from('é'), 'é'],
    ['text/plain; charset=klingon', Buffer.from('é'), 'é'],
  ])('of type %s is read in its letters', async (type, body, read) => {
    const { url } = await listen((_, response) => response.setHeader('content-type', type).end(body));
    expect(await clientWith().send(get(url))).toMatchObject({ body: read });
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
  ])('to %s with %i has no body to unpack', async (method, status) => {
    const { url } = await listen((_, response) => response.writeHead(status, { 'content-encoding': 'gzip' }).end());
    expect(await clientWith().send(get(url, { method }))).toMatchObject({ status, body: '' });
  });

  it('has its repeated headers in one', async () => {
    const { url } = await listen((_, response) => response.setHeader('x-a', ['1', '2']).end());
    expect((await clientWith().send(get(url))).headers['x-a']).toBe('1, 2');
  });

  it('that breaks off is no answer', async () => {
    const { url } = await listen((_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
    });
    const failure = await failureOf(clientWith().send(get(url)));
    expect(failure).toMatchObject({ code: 'connection_failed', retryable: true, uncertain: true });
  });
});

describe('fetch', () => {
  it('is under the same rules, and follows no redirect', async () => {
    const { url } = await listen((request, response) => {
      if (request.url === '/away') return void response.writeHead(302, { location: '/' }).end();
      response.end('here');
    });
    const client = clientWith();
    expect(await (await client.fetch(url)).text()).toBe('here');
    expect(await (await client.fetch(new Request(url))).text()).toBe('here');
    await expect(client.fetch(`${url}away`)).rejects.toThrow();
    await expect(clientWith({ allow: [] }).fetch(url)).rejects.toMatchObject({ cause: { code: 'host_not_allowed' } });
    await expect(client.fetch('http://a:b@127.0.0.1/')).rejects.toMatchObject({ code: 'invalid_url' });
  });

  it('sends a request that is whole', async () => {
    const upstream = await startUpstream();
    closing(upstream);
    const request = new Request(`${upstream.url}/a`, {
      method: 'PUT',
      headers: { 'idempotency-key': 'k' },
      body: 'hi',
    });
    expect((await clientWith().fetch(request)).status).toBe(200);
    expect(upstream.log()).toEqual([{ method: 'PUT', path: '/a', key: 'k', body: 'hi' }]);
  });

  it('gives an answer without a body as it is', async () => {
    const { url } = await listen((_, response) => response.writeHead(204).end());
    expect(await clientWith().fetch(url)).toMatchObject({ status: 204, body: null });
  });

  it('breaks off an answer that unpacks to too much', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const { url } = await listen((_, response) => response.setHeader('content-encoding', 'gzip').end(bomb));
    await expect((await clientWith().fetch(url)).text()).rejects.toMatchObject({ code: 'too_large' });
  });

  it('reaches what is allowed to this client only', async () => {
    const { url, port } = await listen((_, response) => response.end('here'));
    const closed = clientWith({ allow: [] });
    const open = closed.allowing([`127.0.0.1:${port}`]);
    closing(open);
    expect(await (await open.fetch(url)).text()).toBe('here');
    await expect(closed.fetch(url)).rejects.toThrow();
  });
});
