import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelRequest } from '#plugin-sdk';
import { startOpenAiServer } from '../../../test/support/openai-server.js';
import { EgressClient } from '../http/index.js';
import { costOf, Models, priceOf, priceTableVersion } from './index.js';

const ask = (content: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  provider: null,
  model: null,
  messages: [{ role: 'user', content }],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  stream: false,
  ...more,
});
const { signal } = new AbortController();
const offline = new Models({ default: 'local/extractive-1', openai: null, egress: new EgressClient({ allow: [] }) });
const local = offline.clientFor({ signal, defaults: {} });

describe('the local provider', () => {
  it.each([
    [
      'Classify this message as one of: billing, technical.\n\nMessage: I was charged twice, please refund me.',
      'billing',
    ],
    [
      'Classify this message as one of: billing, technical.\n\nMessage: The app shows an error and crashes.',
      'technical',
    ],
    ['Classify as one of: red, blue.\n\nnothing of it', 'blue'],
    ['Summarise in one sentence:\n\nCats sleep. Cats sleep a lot, and cats hunt at night. Rain fell.', 'Cats sleep.'],
    ['', 'There was nothing to answer.'],
  ])('answers %j with %j', async (prompt, text) => {
    expect(await local.generate(ask(prompt))).toMatchObject({
      text,
      provider: 'local',
      model: 'extractive-1',
      costNanoUsd: 0,
      priceTable: priceTableVersion,
    });
  });

  it('says of itself that it is no language model', async () => {
    expect((await local.generate(ask('Who are you?'))).text).toContain('not a language model');
    expect(offline.list()[0]!.description).toContain('Not a language model');
  });

  it('fills a schema from the text, and gives it as text too', async () => {
    const responseSchema = {
      type: 'object',
      properties: {
        kind: { enum: ['billing', 'technical'] },
        amount: { type: 'number' },
        count: { type: 'integer' },
        paid: { type: 'boolean' },
        quote: { type: 'string' },
        parts: { type: 'array', items: { type: 'string' } },
        none: { type: 'null' },
      },
    };
    const answer = await local.generate(ask('An invoice of 12.50 was paid.', { responseSchema }));
    expect(answer.data).toEqual({
      kind: 'billing',
      amount: 12.5,
      count: 12,
      paid: true,
      quote: expect.any(String),
      parts: expect.any(Array),
      none: null,
    });
    expect(JSON.parse(answer.text)).toEqual(answer.data);
  });

  it('streams what it says, counts words as tokens, and keeps to max_tokens', async () => {
    const heard: string[] = [];
    const answer = await local.generate(ask('Tell me about bees', { maxTokens: 3 }), (text) => heard.push(text));
    expect(heard.join('').trimEnd()).toBe(answer.text);
    expect(answer).toMatchObject({ finishReason: 'length', promptTokens: 4, completionTokens: 3 });
  });
});

describe('what is chosen', () => {
  it('takes the execution’s defaults where the node says nothing', async () => {
    const client = offline.clientFor({
      signal,
      defaults: {
        provider: 'local',
        model: 'extractive-1',
        max_tokens: 1,
        temperature: 0.5,
        system_message: 'Be brief.',
      },
    });
    expect(await client.generate(ask('one two three'))).toMatchObject({ completionTokens: 1, promptTokens: 5 });
  });

  it.each([
    [{ provider: 'nobody', model: 'x' }, 'unknown_provider'],
    [{ provider: 'local', model: 'gpt-9' }, 'unknown_model'],
  ])('refuses %j', async (wish, code) => {
    await expect(local.generate(ask('x', wish))).rejects.toMatchObject({ code, retryable: false });
  });

  it('refuses a default whose provider is not there', () => {
    expect(
      () => new Models({ default: 'openai/gpt-4o', openai: null, egress: new EgressClient({ allow: [] }) }),
    ).toThrow('MODEL_DEFAULT');
  });
});

describe('prices', () => {
  it('are whole nano-USD by the longest name that fits', () => {
    expect(priceOf('openai', 'gpt-4o-mini-2024')).toEqual({ prompt: 150, completion: 600 });
    expect(costOf('openai', 'gpt-4o', 1_000, 100)).toBe(3_500_000);
    expect(costOf('openai', 'something new', 1_000, 100)).toBe(0);
  });
});

describe('a server that speaks the OpenAI protocol', () => {
  let server: Awaited<ReturnType<typeof startOpenAiServer>>;
  let models: Models;
  beforeAll(async () => {
    server = await startOpenAiServer();
    const egress = new EgressClient({ allow: [`127.0.0.1:${server.port}`] });
    models = new Models({ default: 'openai/gpt-4o-mini', openai: { baseUrl: server.baseUrl, apiKey: 'key' }, egress });
  });
  afterAll(() => server.close());
  const client = () => models.clientFor({ signal, defaults: {} });

  it('is asked, and its usage is counted and priced', async () => {
    const answer = await client().generate(
      ask('Hi', {
        temperature: 0.1,
        maxTokens: 5,
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'Hi' },
        ],
      }),
    );
    expect(answer).toMatchObject({
      text: 'Hello there.',
      finishReason: 'stop',
      promptTokens: 7,
      completionTokens: 3,
      costNanoUsd: 7 * 150 + 3 * 600,
      provider: 'openai',
      model: 'gpt-4o-mini',
    });
    expect(server.calls.at(-1)).toMatchObject({
      model: 'gpt-4o-mini',
      temperature: 0.1,
      max_tokens: 5,
      messages: [{ role: 'system' }, { role: 'user', content: 'Hi' }],
    });
  });

  it('streams', async () => {
    const heard: string[] = [];
    const answer = await client().generate(ask('Hi', { stream: true }), (text) => heard.push(text));
    expect(heard).toEqual(['Hello ', 'there.']);
    expect(answer).toMatchObject({ text: 'Hello there.', promptTokens: 7, completionTokens: 3 });
  });

  it('gives structured output by a schema', async () => {
    server.script.push({ type: 'say', text: '{"n":3}' });
    const responseSchema = {
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
      additionalProperties: false,
    };
    expect(await client().generate(ask('Count', { responseSchema }))).toMatchObject({ data: { n: 3 } });
    expect(server.calls.at(-1)).toHaveProperty('response_format');
  });

  it.each([
    [
      { type: 'refuse', status: 429, headers: { 'retry-after': '2' } },
      { code: 'model_rate_limited', retryable: true, retryAfterMs: 2_000 },
    ],
    [
      { type: 'refuse', status: 500 },
      { code: 'model_unavailable', retryable: true },
    ],
    [
      { type: 'refuse', status: 400 },
      { code: 'model_invalid_request', retryable: false },
    ],
    [
      { type: 'refuse', status: 401 },
      { code: 'model_not_allowed', retryable: false },
    ],
  ] as const)('turns %j into %j', async (next, failure) => {
    server.script.push(next);
    await expect(client().generate(ask('Hi'))).rejects.toMatchObject(failure);
  });

  it.each(['refuse', 'cut'] as const)('fails a stream that is broken (%s)', async (type) => {
    server.script.push(type === 'cut' ? { type, text: 'Hel' } : { type, status: 503 });
    await expect(client().generate(ask('Hi', { stream: true }), () => undefined)).rejects.toMatchObject({
      code: 'model_unavailable',
    });
  });

  it('is left when the step is aborted', async () => {
    server.script.push({ type: 'hang' });
    const leaving = new AbortController();
    const asked = models.clientFor({ signal: leaving.signal, defaults: {} }).generate(ask('Hi'));
    setTimeout(() => leaving.abort(new Error('enough')), 20);
    await expect(asked).rejects.toThrow('enough');
  });

  it('is not reached where the operator has not allowed its address', async () => {
    const closed = new Models({
      default: 'openai/x',
      openai: { baseUrl: server.baseUrl, apiKey: null },
      egress: new EgressClient({ allow: [] }),
    });
    await expect(closed.clientFor({ signal, defaults: {} }).generate(ask('Hi'))).rejects.toMatchObject({
      code: expect.stringMatching(/host_not_allowed|model_unavailable/),
    });
  });
});
