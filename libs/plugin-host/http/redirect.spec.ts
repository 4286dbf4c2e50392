import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpRequest } from '#plugin-sdk';
import { nextHop } from './redirect.js';
import { clientWith, closeAll, get, listen } from './testing/loopback.js';

afterEach(closeAll);

describe('a redirect', () => {
  /** Says what it got, except at /from, where it sends on. */
  const sendingOn =
    (status: number, to: string): RequestListener =>
    (request, response) => {
      if (request.url === '/from') return void response.writeHead(status, { location: to }).end();
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => (body += part));
      request.on('end', () =>
        response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body })),
      );
    };

  const followed = async (url: string, more: Partial<HttpRequest> = {}, client = clientWith()) =>
    JSON.parse((await client.send(get(`${url}from`, { followRedirects: true, ...more }))).body) as {
      method: string;
      url: string;
      headers: Record<string, string>;
      body: string;
    };

  it.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [302, 'PUT', 'PUT', 'hi'],
    [307, 'POST', 'POST', 'hi'],
    [308, 'POST', 'POST', 'hi'],
  ])('with %i after %s asks with %s', async (status, method, asked, body) => {
    const { url } = await listen(sendingOn(status, '/to?a=1'));
    const headers = { authorization: 'x', 'content-type': 'text/plain' };
    const got = await followed(url, { method, headers, body: 'hi' });
    expect(got).toMatchObject({ method: asked, url: '/to?a=1', body, headers: { authorization: 'x' } });
    expect(got.headers['content-type']).toBe(body === '' ? undefined : 'text/plain');
  });

  it('to another origin carries nothing that could be a secret', async () => {
    const there = await listen(sendingOn(302, '/'));
    const here = await listen(sendingOn(302, `${there.url}to`));
    const headers = {
      authorization: 'a',
      cookie: 'b',
      'x-api-key': 'c',
      'my-own': 'd',
      accept: 'e',
      'idempotency-key': 'f',
    };
    const got = await followed(here.url, { headers });
    const kept = Object.keys(headers).filter((name) => name in got.headers);
    expect(kept).toEqual(['accept']);
  });

  it.each([
    ['with the body to another origin', 307, 'http://localhost:1/', 'redirect_refused'],
    ['to what is no web address', 302, 'file:///etc/passwd', 'invalid_url'],
    ['to what cannot be read', 302, 'http://[', 'invalid_url'],
    ['to credentials', 302, 'http://a:b@127.0.0.1/', 'invalid_url'],
    ['to the inside', 303, 'http://169.254.169.254/latest', 'host_not_allowed'],
  ])('%s is refused, and the first target may have acted', async (_what, status, to, code) => {
    const { url } = await listen(sendingOn(status, to));
    const sent = clientWith().send(get(`${url}from`, { method: 'POST', body: 'hi', followRedirects: true }));
    await expect(sent).rejects.toMatchObject({ code, retryable: false, uncertain: true });
  });

  it('never leads from https to http', () => {
    const hop = { url: new URL('https://a.example/'), method: 'GET', headers: {}, body: undefined };
    expect(() => nextHop(hop, 302, 'http://a.example/')).toThrow('from https to http');
    expect(nextHop({ ...hop, method: 'HEAD' }, 303, '/b')).toMatchObject({ method: 'HEAD' });
  });

  it('without a place is an answer', async () => {
    const { url } = await listen((_, response) => response.writeHead(302).end('lost'));
    expect(await clientWith().send(get(url, { followRedirects: true }))).toMatchObject({ status: 302, body: 'lost' });
  });
});
