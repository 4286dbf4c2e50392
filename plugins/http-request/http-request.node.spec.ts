import { describe, expect, it } from '@jest/globals';
import {
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  type JsonObject,
  NodeFailure,
  type NodeResult,
  toDefinition,
} from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { HttpRequestNode } from './http-request.node.js';

const url = 'https://api.example.com/items';
const fine: HttpResponse = { status: 200, headers: {}, body: '' };

async function send(config: JsonObject, response = fine): Promise<{ result: NodeResult; sent: HttpRequest }> {
  const sent: HttpRequest[] = [];
  const http: HttpClient = {
    send: (request) => {
      sent.push(request);
      return Promise.resolve(response);
    },
  };
  const result = await runNode(HttpRequestNode, { config: { url, ...config }, http });
  return { result, sent: sent[0]! };
}

describe('what http_request sends', () => {
  it('is a GET, if it is told nothing else', async () => {
    const { sent } = await send({});
    expect(sent).toEqual({ url, method: 'GET', headers: {}, maxBytes: 5_242_880, followRedirects: false });
  });

  it('takes its bounds from the config', async () => {
    const { sent } = await send({ max_bytes: 10, follow_redirects: true });
    expect(sent).toMatchObject({ maxBytes: 10, followRedirects: true });
  });

  it.each([
    [{ q: 'a b&c=d/é' }, '?q=a%20b%26c%3Dd%2F%C3%A9'],
    [{ tag: ['x', 2, null, true], none: null }, '?tag=x&tag=2&tag=true'],
    [{ 'odd key': 0 }, '?odd%20key=0'],
    [{}, ''],
  ])('encodes the query %j', async (query, search) => {
    expect((await send({ query })).sent.url).toBe(url + search);
  });

  it('adds the query to the one of the URL, which stays as it was written', async () => {
    const { sent } = await send({ url: `${url}?a=b%20c+d#part`, query: { e: 1 } });
    expect(sent.url).toBe(`${url}?a=b%20c+d&e=1#part`);
  });

  it.each([
    [{ title: 'x' }, '{"title":"x"}', 'application/json'],
    [[1], '[1]', 'application/json'],
    [false, 'false', 'application/json'],
    ['plain', 'plain', 'text/plain; charset=utf-8'],
  ])('sends the body %j', async (body, text, type) => {
    const { sent } = await send({ method: 'POST', body });
    expect(sent.body).toBe(text);
    expect(sent.headers['content-type']).toBe(type);
  });

  it('sends no body for null', async () => {
    const { sent } = await send({ method: 'POST', body: null });
    expect(sent.body).toBeUndefined();
    expect(sent.headers['content-type']).toBeUndefined();
  });

  it('lets a header that is written in the config win, in whatever case', async () => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'X-Count': 3, 'X-None': null, Accept: 'text/csv' };
    const { sent } = await send({ method: 'POST', body: '{}', response: 'json', headers });
    expect(sent.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'x-count': '3', accept: 'text/csv' });
    expect(sent.headers).not.toHaveProperty('x-none');
  });

  it('asks for JSON where nothing else will do', async () => {
    expect((await send({ response: 'json' })).sent.headers['accept']).toBe('application/json');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'carries the key of the step on a %s, and not when it is safe',
    async (method) => {
      const http: HttpRequest[] = [];
      const client: HttpClient = { send: (request) => Promise.resolve((http.push(request), fine)) };
      const idempotencyKey = 'execution-1/save';
      await runNode(HttpRequestNode, { config: { url, method }, http: client, idempotencyKey });
      await runNode(HttpRequestNode, { config: { url, method, safe: true }, http: client, idempotencyKey });
      expect(http.map(({ headers }) => headers['idempotency-key'])).toEqual(['execution-1/save', undefined]);
    },
  );

  it.each(['GET', 'HEAD'])('carries no key on a %s', async (method) => {
    expect((await send({ method })).sent.headers).not.toHaveProperty('idempotency-key');
  });

  it.each([
    [{ method: 'GET', body: { a: 1 } }, 'invalid_config'],
    [{ headers: { accept: ['a'] } }, 'invalid_config'],
    [{ query: { filter: { a: 1 } } }, 'invalid_config'],
    [{ expect_status: '2x' }, 'invalid_config'],
    [{ expect_status: [] }, 'invalid_config'],
    [{ expect_status: [200, { a: 1 }] }, 'invalid_config'],
    [{ url: '/items' }, 'invalid_url'],
    [{ url: 'ftp://example.com/' }, 'invalid_url'],
  ])('is nothing for %j', async (config, code) => {
    await expect(send(config)).rejects.toMatchObject({ code, retryable: false });
  });
});

describe('what http_request makes of an answer', () => {
  const json = (body: string, type = 'application/json; charset=utf-8'): HttpResponse => ({
    status: 200,
    headers: { 'content-type': type },
    body,
  });

  it('gives status, headers and body', async () => {
    const { result } = await send({}, json('{"a":[1,null]}'));
    expect(result).toMatchObject({
      port: 'out',
      output: { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { a: [1, null] } },
    });
    expect(result.warnings ?? []).toEqual([]);
  });

  it.each([
    ['application/problem+json', '{"a":1}', { a: 1 }],
    ['APPLICATION/JSON', '1.5', 1.5],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['application/jsonlines', '{"a":1}', '{"a":1}'],
    ['application/json', ' ', null],
    ['text/html', '', ''],
  ])('goes by the content type %s', async (type, body, read) => {
    expect((await send({}, json(body, type))).result.output).toMatchObject({ body: read });
  });

  it('reads JSON without a content type only where it is told to', async () => {
    const response = { ...fine, body: '{"a":1}' };
    expect((await send({}, response)).result.output).toMatchObject({ body: '{"a":1}' });
    expect((await send({ response: 'json' }, response)).result.output).toMatchObject({ body: { a: 1 } });
    expect((await send({ response: 'text' }, json('{"a":1}'))).result.output).toMatchObject({ body: '{"a":1}' });
  });

  it('keeps whole numbers that a double cannot hold as texts, and warns', async () => {
    const body =
      '{"id":9007199254740993,"safe":9007199254740991,"neg":-12345678901234567890,"big":1e400,"half":0.5,"e":1E2}';
    const { result } = await send({}, json(body));
    expect(result.output).toMatchObject({
      body: {
        id: '9007199254740993',
        safe: 9007199254740991,
        neg: '-12345678901234567890',
        big: '1e400',
        half: 0.5,
        e: 100,
      },
    });
    expect(result.warnings).toEqual([expect.stringContaining('3')]);
  });

  it('keeps the text of what only says that it is JSON, and warns', async () => {
    const { result } = await send({}, json('{"a":'));
    expect(result.output).toMatchObject({ body: '{"a":' });
    expect(result.warnings).toHaveLength(1);
  });

  it('fails where it must be JSON and is not', async () => {
    await expect(send({ response: 'json' }, json('<html>'))).rejects.toMatchObject({
      code: 'invalid_response',
      details: { body: '<html>' },
    });
  });

  it.each([
    [undefined, 204],
    ['2xx', 201],
    [204, 204],
    ['404', 404],
    [[200, '3xx', 404], 302],
  ])('expects %j, and so takes %d', async (expected, status) => {
    const config: JsonObject = expected === undefined ? {} : { expect_status: expected };
    expect((await send(config, { ...fine, status })).result.output).toMatchObject({ status });
  });
});

describe('a status that was not expected', () => {
  const answering = (status: number, headers: Record<string, string> = {}, body = ''): Promise<unknown> =>
    send({ url: `${url}?token=abc` }, { status, headers, body });

  it.each([408, 425, 429, 500, 502, 503, 599])('%d may end differently another time', async (status) => {
    await expect(answering(status)).rejects.toMatchObject({
      code: `http_${status}`,
      retryable: true,
      uncertain: false,
    });
  });

  it.each([302, 400, 401, 403, 404, 409, 422])('%d may not', async (status) => {
    await expect(answering(status)).rejects.toMatchObject({ code: `http_${status}`, retryable: false });
  });

  it('is a failure also below 300, where something else was expected', async () => {
    await expect(send({ expect_status: 204 })).rejects.toMatchObject({ code: 'http_200', retryable: false });
  });

  it('keeps the beginning of the answer, never half a character, and not the query', async () => {
    const failure = answering(400, {}, `${'a'.repeat(1_999)}😀`);
    await expect(failure).rejects.toMatchObject({ details: { status: 400, body: 'a'.repeat(1_999) } });
    await expect(failure).rejects.toMatchObject({ message: `GET ${url} answered 400.` });
  });

  it('says what to do about a redirect', async () => {
    await expect(answering(301)).rejects.toThrow('follow_redirects');
  });

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['99999999999999999999', 86_400_000],
    ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
    ['Thu, 01 Jan 2099 11:00:00 GMT', 86_400_000],
    ['-5', undefined],
    ['soon', undefined],
    ['Thu, nonsense GMT', undefined],
  ])('rests as Retry-After asks: %s', async (header, retryAfterMs) => {
    const http: HttpClient = {
      send: () => Promise.resolve({ status: 503, headers: { 'retry-after': header }, body: '' }),
    };
    const clock = { now: () => Date.parse('2026-01-01T12:00:00Z') };
    const failure = await Promise.resolve(runNode(HttpRequestNode, { config: { url }, http, clock })).catch(
      (e: unknown) => e,
    );
    expect((failure as NodeFailure).retryAfterMs).toBe(retryAfterMs);
  });

  it('asks for no rest where another attempt would not help', async () => {
    const failure = await answering(404, { 'retry-after': '5' }).catch((e: unknown) => e);
    expect((failure as NodeFailure).retryAfterMs).toBeUndefined();
  });
});

describe('the http_request node', () => {
  const definition = toDefinition(HttpRequestNode);

  it('fails as the network failed', async () => {
    const failure = new NodeFailure({ code: 'connection_failed', message: 'Reset.', retryable: true, uncertain: true });
    const http: HttpClient = { send: () => Promise.reject(failure) };
    await expect(runNode(HttpRequestNode, { config: { url, method: 'POST' }, http })).rejects.toBe(failure);
  });

  it('says by its method whether it looks or changes, and may be repeated under its key', () => {
    expect(definition.descriptor).toMatchObject({
      effects: { by: '/method', read: ['GET', 'HEAD'], readIf: '/safe', else: 'write' },
      idempotent: true,
      ports: ['out'],
    });
  });

  it.each([
    [{ body: { a: 1 } }, ['/body']],
    [{ method: 'HEAD', body: 'x', expect_status: 'ok' }, ['/body', '/expect_status']],
    [{ expect_status: 600 }, ['/expect_status']],
    [{ expect_status: null }, ['/expect_status']],
    [{ expect_status: [] }, ['/expect_status']],
    [{ method: 'POST', body: { a: 1 }, expect_status: [200, '4xx'] }, []],
    [{ method: '{{ input.method }}', body: 'x' }, []],
    [{ body: null, expect_status: ['{{ input.status }}'] }, []],
  ])('finds what cannot work in %j', (config, paths) => {
    expect(definition.validate?.({ url, ...config }).map(({ path }) => path)).toEqual(paths);
  });
});
