import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject, ModelAnswer, ModelRequest } from '#plugin-sdk';
import { type ChatCall, type Script, startOpenAiServer } from '../../../../test/support/openai-server.js';
import { EgressClient } from '../../http/index.js';
import { Models } from '../index.js';

const egress = new EgressClient({ allow: [] });
let server: Awaited<ReturnType<typeof startOpenAiServer>>;
let models: Models;

beforeAll(async () => {
  server = await startOpenAiServer();
  models = new Models({ default: 'openai/gpt-4o-mini', openai: { baseUrl: server.baseUrl, apiKey: 'key' }, egress });
});
afterAll(() => server.close());
afterEach(() => void server.script.splice(0));

const { signal } = new AbortController();

function ask(
  more: Partial<ModelRequest> = {},
  {
    onText,
    ended = signal,
    from = models,
  }: { onText?: (text: string) => void; ended?: AbortSignal; from?: Models } = {},
): Promise<ModelAnswer> {
  const request: ModelRequest = {
    provider: null,
    model: null,
    messages: [{ role: 'user', content: 'Hi' }],
    temperature: null,
    maxTokens: null,
    responseSchema: null,
    stream: onText !== undefined,
    ...more,
  };
  return from.clientFor({ signal: ended, defaults: {} }).generate(request, onText);
}

const ignore = (): void => undefined;
const lastCall = (): ChatCall | undefined => server.calls.at(-1);

describe('a server that speaks the OpenAI protocol', () => {
  it('is asked all that is configured, and its usage is counted and priced', async () => {
    const messages = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'One' },
      { role: 'assistant' as const, content: 'Two' },
      { role: 'user' as const, content: 'Three' },
    ];
    expect(await ask({ messages, temperature: 0.1, maxTokens: 5 })).toMatchObject({
      text: 'Hello there.',
      finishReason: 'stop',
      promptTokens: 7,
      completionTokens: 3,
      costNanoUsd: 7 * 150 + 3 * 600,
      provider: 'openai',
      model: 'gpt-4o-mini',
    });
    expect(lastCall()).toMatchObject({ model: 'gpt-4o-mini', temperature: 0.1, max_tokens: 5, messages });
    expect(server.headers.at(-1)).toMatchObject({ authorization: 'Bearer key' });
  });

  it('is asked nothing that is not configured, and gets no key where there is none', async () => {
    const from = new Models({ default: 'openai/llama', openai: { baseUrl: server.baseUrl, apiKey: null }, egress });
    expect(await ask({}, { from })).toMatchObject({ costNanoUsd: 0, model: 'llama' });
    expect(lastCall()).not.toHaveProperty('temperature');
    expect(lastCall()).not.toHaveProperty('max_tokens');
    expect(server.headers.at(-1)).not.toHaveProperty('authorization');
  });

  it('is heard while it speaks, and still tells what it used', async () => {
    const heard: string[] = [];
    const answer = await ask({}, { onText: (text) => heard.push(text) });
    expect(heard).toEqual(['Hello ', 'there.']);
    expect(answer).toMatchObject({ text: 'Hello there.', finishReason: 'stop', promptTokens: 7, completionTokens: 3 });
    expect(lastCall()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('is counted as 0 tokens where it does not say what it used', async () => {
    server.script.push({ type: 'say', text: 'Hm', usage: false }, { type: 'say', text: 'Hm', usage: false });
    expect(await ask()).toMatchObject({ promptTokens: 0, completionTokens: 0, costNanoUsd: 0 });
    expect(await ask({}, { onText: ignore })).toMatchObject({ promptTokens: 0, completionTokens: 0 });
  });
});

describe('an answer by a schema', () => {
  const responseSchema: JsonObject = {
    type: 'object',
    properties: { n: { type: 'number' } },
    required: ['n'],
    additionalProperties: false,
  };

  it.each([['whole'], ['streamed']])('is data as well as text (%s)', async (how) => {
    server.script.push({ type: 'say', text: '{"n": 3}' });
    const answer = await ask({ responseSchema }, how === 'streamed' ? { onText: ignore } : {});
    expect(answer).toMatchObject({ text: '{"n": 3}', data: { n: 3 } });
    expect(lastCall()?.['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: responseSchema },
    });
  });

  it.each([['{"n": "three"}'], ['{"m": 3}'], ['three'], ['{"n": 3'], ['']])(
    'is refused when it is %j',
    async (text) => {
      server.script.push({ type: 'say', text }, { type: 'say', text });
      const refused = { code: 'model_invalid_output', retryable: true };
      await expect(ask({ responseSchema })).rejects.toMatchObject(refused);
      await expect(ask({ responseSchema }, { onText: ignore })).rejects.toMatchObject(refused);
    },
  );
});

describe('a call that fails', () => {
  const later = new Date(Date.now() + 3_600_000).toUTCString();
  const refuse = (status: number, headers: Record<string, string> = {}): Script => ({
    type: 'refuse',
    status,
    headers,
  });

  it.each<[Script, object]>([
    [refuse(429, { 'retry-after': '2' }), { code: 'model_rate_limited', retryable: true, retryAfterMs: 2_000 }],
    [refuse(429, { 'retry-after-ms': '150' }), { code: 'model_rate_limited', retryAfterMs: 150 }],
    [refuse(429, { 'retry-after': 'soon' }), { code: 'model_rate_limited', retryAfterMs: undefined }],
    [refuse(429, { 'retry-after': 'Mon, 01 Jan 2024 00:00:00 GMT' }), { code: 'model_rate_limited', retryAfterMs: 0 }],
    [refuse(429), { code: 'model_rate_limited', retryAfterMs: undefined }],
    [refuse(500), { code: 'model_unavailable', retryable: true }],
    [refuse(408), { code: 'model_unavailable', retryable: true }],
    [refuse(400), { code: 'model_invalid_request', retryable: false, message: expect.stringContaining('refused') }],
    [refuse(404), { code: 'model_invalid_request', retryable: false }],
    [refuse(401), { code: 'model_not_allowed', retryable: false }],
    [refuse(302, { location: 'http://127.0.0.1:1/' }), { code: 'model_unavailable', retryable: true }],
    [{ type: 'garble' }, { code: 'model_unavailable', retryable: true }],
    [
      { type: 'cut', text: 'Hel' },
      { code: 'model_unavailable', retryable: true },
    ],
  ])('by %j is told as %j, streamed or not, and asked once', async (script, failure) => {
    const before = server.calls.length;
    server.script.push(script, script);
    await expect(ask()).rejects.toMatchObject(failure);
    await expect(ask({}, { onText: ignore })).rejects.toMatchObject(failure);
    expect(server.calls.length - before).toBe(2);
  });

  it('rests until the date that the server names', async () => {
    server.script.push(refuse(429, { 'retry-after': later }));
    const failure = await ask().then(ignore, (error: { retryAfterMs: number }) => error.retryAfterMs);
    expect(failure).toBeGreaterThan(3_000_000);
    expect(failure).toBeLessThanOrEqual(3_600_000);
  });

  it('tells of an error in the middle of a stream', async () => {
    server.script.push({ type: 'break', text: 'Hel' });
    await expect(ask({}, { onText: ignore })).rejects.toMatchObject({ code: 'model_unavailable', retryable: true });
  });

  it.each([['whole'], ['streamed']])('is ended by the step (%s)', async (how) => {
    const leaving = new AbortController();
    server.script.push({ type: 'hang', heard: () => leaving.abort() });
    const asked = ask({}, { ended: leaving.signal, ...(how === 'streamed' ? { onText: ignore } : {}) });
    await expect(asked).rejects.toMatchObject({ code: 'model_timeout', retryable: true });
  });

  it('is not made when the step has ended before', async () => {
    const before = server.calls.length;
    await expect(ask({}, { ended: AbortSignal.abort() })).rejects.toMatchObject({ code: 'model_timeout' });
    expect(server.calls.length).toBe(before);
  });
});

describe('where a model may be asked', () => {
  it('is the configured server, at its port, though it is on loopback', async () => {
    await expect(egress.fetch(server.baseUrl)).rejects.toThrow();
    expect(await ask()).toMatchObject({ text: 'Hello there.' });
  });

  it('is unavailable when it cannot be connected to, and nothing else is tried', async () => {
    const dialled: string[] = [];
    const nowhere = new EgressClient({
      allow: [],
      connect: ({ hostname, port }, callback) => {
        dialled.push(`${hostname}:${port}`);
        callback(new Error('no packet leaves'), null);
      },
    });
    const openai = { baseUrl: 'http://10.0.0.1:8080/v1', apiKey: null };
    const from = new Models({ default: 'openai/x', openai, egress: nowhere });
    await expect(ask({}, { from })).rejects.toMatchObject({ code: 'model_unavailable', retryable: true });
    expect(dialled).toEqual(['10.0.0.1:8080']);
  });

  it('is refused a schema that is none', async () => {
    const responseSchema = { $ref: '#/$defs/missing' };
    server.script.push({ type: 'say', text: '{}' });
    await expect(ask({ responseSchema })).rejects.toMatchObject({ code: 'model_invalid_request', retryable: false });
  });
});
