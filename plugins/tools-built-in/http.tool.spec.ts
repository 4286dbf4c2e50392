import { describe, expect, it } from '@jest/globals';
import { recorded, runTool } from '@chatter/plugin-sdk/testing';
import { HttpTool } from './http.tool.js';

const url = 'https://api.example.com/items?q=1';

describe('the http tool', () => {
  it('reads an address, and tells what matters of the answer', async () => {
    const headers = { 'content-type': 'text/plain', etag: '"1"', 'set-cookie': 'a=b' };
    const http = recorded([{ method: 'GET', url, response: { headers, body: 'there' } }]);
    const { result } = await runTool(HttpTool, { args: { url }, http });
    expect(result).toEqual({ status: 200, headers: { 'content-type': 'text/plain', etag: '"1"' }, body: 'there' });
    expect(http.requests[0]).toMatchObject({ maxBytes: 512 * 1024, followRedirects: true });
    expect(http.requests[0]).not.toHaveProperty('body');
  });

  it('parses JSON, as far as nothing is lost', async () => {
    const headers = { 'content-type': 'application/problem+json; charset=utf-8' };
    const bodies = ['{"a":[1]}', '{"a":9007199254740993}', 'no json'];
    const http = recorded(bodies.map((body) => ({ response: { status: 404, headers, body } })));
    const results = [];
    for (const _body of bodies)
      results.push((await runTool(HttpTool, { args: { url }, http: { send: http.send } })).result);
    expect(results).toMatchObject([{ status: 404, body: { a: [1] } }, { body: bodies[1] }, { body: bodies[2] }]);
  });

  it('asks with HEAD, and follows nothing then', async () => {
    const http = recorded([{ method: 'HEAD' }]);
    await runTool(HttpTool, { args: { url, method: 'HEAD' }, http });
    expect(http.requests[0]?.followRedirects).toBe(false);
  });

  it.each([408, 425, 429, 500, 503])('fails with %i, and may be tried again', async (status) => {
    const http = recorded([{ response: { status } }]);
    await expect(runTool(HttpTool, { args: { url }, http })).rejects.toMatchObject({
      code: `http_${status}`,
      retryable: true,
    });
  });
});
