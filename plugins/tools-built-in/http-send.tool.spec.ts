import { describe, expect, it } from '@jest/globals';
import { type JsonObject } from '@chatter/plugin-sdk';
import { recorded, runTool } from '@chatter/plugin-sdk/testing';
import { HttpSendTool } from './http-send.tool.js';

const url = 'https://api.example.com/items';

describe('the http_send tool', () => {
  it.each<[JsonObject, object]>([
    [{ body: { a: 1 } }, { method: 'POST', body: '{"a":1}', type: 'application/json' }],
    [
      { body: 'text', method: 'PUT' },
      { method: 'PUT', body: 'text', type: 'text/plain; charset=utf-8' },
    ],
    [
      { body: null, method: 'PATCH' },
      { method: 'PATCH', body: 'null', type: 'application/json' },
    ],
    [{ method: 'DELETE' }, { method: 'DELETE', body: undefined, type: undefined }],
  ])('sends %j under the key of its step', async (args, sent) => {
    const http = recorded([{ url, response: { status: 201, json: { id: 7 } } }]);
    const { result } = await runTool(HttpSendTool, { args: { url, ...args }, http, idempotencyKey: 'exec_1/send' });
    expect(result).toMatchObject({ status: 201, body: { id: 7 } });
    const { method, body, headers, followRedirects } = http.requests[0]!;
    expect({ method, body, type: headers['content-type'] }).toEqual(sent);
    expect(headers['idempotency-key']).toBe('exec_1/send');
    expect(followRedirects).toBe(false);
  });
});
