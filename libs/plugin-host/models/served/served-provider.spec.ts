import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type JsonObject, type ModelAnswer, type ModelMessage, type ModelRequest, NodeFailure } from '#plugin-sdk';
import type { ChatCall, ModelServer, Script } from '../../../../test/support/model-server.js';
import { EgressClient } from '../../http/index.js';
import type { Models } from '../index.js';
import {
  anthropic,
  askOf,
  egress,
  ignore,
  type Listening,
  modelsAt,
  openAi,
  request,
  signal,
} from '../testing/served.js';

const calculator = {
  name: 'calculator',
  description: 'Works out a sum.',
  argumentsSchema: { type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] },
};
const sum = { id: 'call_1', name: 'calculator', arguments: { expression: '6 * 7' } };

/** What every provider behind a server has to do, by whatever protocol. */
describe.each([openAi, anthropic])('a server that speaks the protocol of $name', (protocol) => {
  let server: ModelServer;
  let models: Models;
  beforeAll(async () => {
    server = await protocol.start();
    models = modelsAt(protocol, server.baseUrl);
  });
  afterAll(() => server.close());
  afterEach(() => void server.script.splice(0));

  const ask = (more: Partial<ModelRequest> = {}, listening: Listening = {}): Promise<ModelAnswer> =>
    askOf(models, more, listening);
  const lastCall = (): ChatCall | undefined => server.calls.at(-1);
  const ways: readonly [string, Listening][] = [
    ['whole', {}],
    ['streamed', { onText: ignore }],
  ];

  it('is asked with its key, and its usage is counted and priced', async () => {
    const answer = await ask({ temperature: 0.1, maxTokens: 5 });
    expect(answer).toMatchObject({
      text: 'Hello there.',
      finishReason: 'stop',
      promptTokens: 7,
      completionTokens: 3,
      costNanoUsd: 7 * protocol.prices[0] + 3 * protocol.prices[1],
      provider: protocol.name,
      model: protocol.model,
    });
    expect(answer).not.toHaveProperty('toolCalls');
    expect(lastCall()).toMatchObject({ model: protocol.model, temperature: 0.1, max_tokens: 5 });
    expect(lastCall()).not.toHaveProperty('tools');
    expect(server.headers.at(-1)).toMatchObject(protocol.key);
  });

  it('is heard while it speaks, and still tells what it used', async () => {
    const heard: string[] = [];
    const answer = await ask({}, { onText: (text) => heard.push(text) });
    expect(heard).toEqual(['Hello ', 'there.']);
    expect(answer).toMatchObject({ text: 'Hello there.', finishReason: 'stop', promptTokens: 7, completionTokens: 3 });
    expect(lastCall()).toMatchObject({ stream: true });
  });

  it('is counted as 0 tokens where it does not say what it used', async () => {
    server.script.push({ type: 'say', text: 'Hm', usage: false }, { type: 'say', text: 'Hm', usage: false });
    expect(await ask()).toMatchObject({ promptTokens: 0, completionTokens: 0, costNanoUsd: 0 });
    expect(await ask({}, { onText: ignore })).toMatchObject({ promptTokens: 0, completionTokens: 0 });
  });

  it('writes nothing to the console of its host', async () => {
    const said = jest.spyOn(console, 'warn').mockImplementation(ignore);
    await ask({ temperature: 2 });
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  describe('asked with tools', () => {
    it.each(ways)('asks for one, which is given as data (%s)', async (_how, listening) => {
      server.script.push({ type: 'say', text: 'Let me see. ', toolCalls: [sum] });
      const answer = await ask({ tools: [calculator] }, listening);
      expect(answer).toMatchObject({ text: 'Let me see. ', toolCalls: [sum], finishReason: 'tool-calls' });
      expect(JSON.stringify(lastCall()?.['tools'])).toContain('Works out a sum.');
      expect(JSON.stringify(lastCall()?.['tools'])).toContain('"expression":{"type":"string"}');
    });

    it('may ask for several, and for one that there is not', async () => {
      const toolCalls = [sum, { id: 'call_2', name: 'rocket', arguments: {} }];
      server.script.push({ type: 'say', text: '', toolCalls });
      expect(await ask({ tools: [calculator] })).toMatchObject({ text: '', toolCalls });
    });

    it.each(ways)('is asked again where the arguments are no object (%s)', async (_how, listening) => {
      server.script.push({ type: 'say', text: '', toolCalls: [{ ...sum, arguments: '[1, 2]' }] });
      if (protocol.name === 'anthropic' && !('onText' in listening)) server.script[0] = listOfArguments;
      await expect(ask({ tools: [calculator] }, listening)).rejects.toMatchObject({
        code: 'model_answer_invalid',
        retryable: true,
      });
    });
    const listOfArguments: Script = { type: 'say', text: '', toolCalls: [{ ...sum, arguments: [1, 2] }] };

    const talk: readonly ModelMessage[] = [
      { role: 'system', content: 'Be exact.' },
      { role: 'user', content: 'What is 6 * 7?' },
      { role: 'assistant', content: '', toolCalls: [sum] },
      { role: 'tool', toolCallId: 'call_1', name: 'calculator', content: '42' },
    ];

    it('is told what a tool came to', async () => {
      await ask({ messages: talk, tools: [calculator] });
      expect(JSON.stringify(lastCall())).toContain('"call_1"');
      expect(JSON.stringify(lastCall())).toContain('42');
      expect(JSON.stringify(lastCall()?.['tool_choice'])).not.toContain('none');
    });

    it.each(ways)('is told to ask for none where none is offered any more (%s)', async (_how, listening) => {
      await ask({ messages: talk }, listening);
      const choice = lastCall()?.['tool_choice'];
      expect(protocol.name === 'openai' ? choice : (choice as { type: string }).type).toBe('none');
      expect(JSON.stringify(lastCall()?.['tools'])).toContain('calculator');
    });

    it.each(ways)('is heard also where it asks for one all the same (%s)', async (_how, listening) => {
      server.script.push({ type: 'say', text: 'But why? ', toolCalls: [sum] });
      expect(await ask({ messages: talk }, listening)).toMatchObject({ text: 'But why? ', promptTokens: 7 });
    });

    it('is not asked about a tool that nothing answered', async () => {
      const before = server.calls.length;
      const unanswered = [...talk.slice(0, 3), { role: 'user' as const, content: 'Well?' }];
      await expect(ask({ messages: unanswered, tools: [calculator] })).rejects.toMatchObject({
        code: 'model_invalid_request',
        retryable: false,
      });
      expect(server.calls.length).toBe(before);
    });
  });

  it('is not told of an answer that says nothing', async () => {
    const messages: ModelMessage[] = [
      { role: 'user', content: 'One' },
      { role: 'assistant', content: '' },
      { role: 'user', content: 'Two' },
    ];
    await ask({ messages });
    expect(lastCall()?.messages.map(({ role }) => role)).not.toContain('assistant');
  });

  it('is sent images, and fetches nothing for them', async () => {
    const data = Buffer.from('http://127.0.0.1/x.png').toString('base64');
    const images = [{ mime: 'image/png', data }];
    await ask({ messages: [{ role: 'user', content: 'What is this?', images }] });
    const sent = JSON.stringify(lastCall()?.messages);
    expect(sent).toContain('What is this?');
    expect(sent).toContain(data);
    expect(sent).toContain('image/png');
    await ask({ messages: [{ role: 'user', content: '', images }] });
    expect(JSON.stringify(lastCall()?.messages)).toContain(data);
  });

  describe('asked for data of a schema', () => {
    const responseSchema: JsonObject = {
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
      additionalProperties: false,
    };

    it.each(ways)('gives it as data as well as text (%s)', async (_how, listening) => {
      server.script.push({ type: 'say', text: '{"n": 3}' });
      const answer = await ask({ responseSchema }, listening);
      expect(answer).toMatchObject({ text: '{"n": 3}', data: { n: 3 }, promptTokens: 7 });
      expect(JSON.stringify(lastCall())).toContain('"required":["n"]');
    });

    it('may put it into a block of code', async () => {
      server.script.push({ type: 'say', text: '```json\n{"n": 3}\n```' });
      expect(await ask({ responseSchema })).toMatchObject({ data: { n: 3 } });
    });

    it.each(ways)('is told once what does not fit, and both calls are counted (%s)', async (_how, listening) => {
      server.script.push({ type: 'say', text: '{"n": "three"}' }, { type: 'say', text: '{"n": 3}' });
      const answer = await ask({ responseSchema, temperature: 0 }, listening);
      expect(answer).toMatchObject({
        data: { n: 3 },
        promptTokens: 14,
        completionTokens: 6,
        costNanoUsd: 14 * protocol.prices[0] + 6 * protocol.prices[1],
      });
      expect(lastCall()).toMatchObject({ temperature: 0 });
      expect(lastCall()?.stream ?? false).toBe(false);
      const told = JSON.stringify(lastCall()?.messages);
      expect(told).toContain('three');
      expect(told).toContain('#/n');
    });

    it('is not told what does not fit where that would go beyond the budget', async () => {
      const before = server.calls.length;
      server.script.push({ type: 'say', text: 'three' });
      const beyond = new NodeFailure({ code: 'max_total_tokens', message: 'Enough.' });
      const reserve = jest
        .fn()
        .mockImplementationOnce(ignore)
        .mockImplementation(() => {
          throw beyond;
        });
      const asked = models.clientFor({ signal, defaults: {}, budget: { reserve } });
      await expect(asked.generate({ ...request, responseSchema })).rejects.toMatchObject({
        code: 'max_total_tokens',
        usage: { prompt_tokens: 7, completion_tokens: 3 }, // of the call before
      });
      expect(server.calls.length - before).toBe(1);
    });

    it.each([['{"n": "three"}'], ['{"m": 3}'], ['three'], ['{"n": 3'], ['']])(
      'is given up when it says %j twice',
      async (text) => {
        const before = server.calls.length;
        server.script.push({ type: 'say', text }, { type: 'say', text });
        const usage = { prompt_tokens: 14, completion_tokens: 6 };
        const refused = { code: 'model_answer_invalid', retryable: false, usage };
        await expect(ask({ responseSchema })).rejects.toMatchObject(refused);
        expect(server.calls.length - before).toBe(2);
      },
    );

    it('may ask for a tool first', async () => {
      server.script.push({ type: 'say', text: '', toolCalls: [sum] });
      const answer = await ask({ responseSchema, tools: [calculator] });
      expect(answer).toMatchObject({ toolCalls: [sum] });
      expect(answer).not.toHaveProperty('data');
    });

    it('may not ask for a tool where there is none', async () => {
      server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'say', text: '{"n": 3}' });
      expect(await ask({ responseSchema })).toMatchObject({ data: { n: 3 }, promptTokens: 14 });
    });

    it.each([[{ type: 'string', pattern: '^(a+)+$' }], [{ $ref: '#/$defs/missing' }]])(
      'is no schema: %j',
      async (unusable: JsonObject) => {
        server.script.push({ type: 'say', text: '{}' });
        await expect(ask({ responseSchema: unusable })).rejects.toMatchObject({
          code: 'model_invalid_request',
          retryable: false,
        });
      },
    );
  });

  describe('when a call fails', () => {
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
      [
        refuse(429, { 'retry-after': 'Mon, 01 Jan 2024 00:00:00 GMT' }),
        { code: 'model_rate_limited', retryAfterMs: 0 },
      ],
      [refuse(429), { code: 'model_rate_limited', retryAfterMs: undefined }],
      [refuse(500), { code: 'model_unavailable', retryable: true }],
      [refuse(529), { code: 'model_unavailable', retryable: true }],
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
    ])('tells of %j as %j, streamed or not, and asks once', async (script, failure) => {
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

    it.each(ways)('ends with the step (%s)', async (_how, listening) => {
      const leaving = new AbortController();
      server.script.push({ type: 'hang', heard: () => leaving.abort() });
      const asked = ask({}, { ...listening, ended: leaving.signal });
      await expect(asked).rejects.toMatchObject({ code: 'model_timeout', retryable: true });
    });

    it('is not made when the step has ended before', async () => {
      const before = server.calls.length;
      await expect(ask({}, { ended: AbortSignal.abort() })).rejects.toMatchObject({ code: 'model_timeout' });
      expect(server.calls.length).toBe(before);
    });
  });

  describe('by where it is', () => {
    it('may be asked at its port, though it is on loopback', async () => {
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
      const from = modelsAt(protocol, 'http://10.0.0.1:8080/v1', nowhere);
      await expect(askOf(from, {})).rejects.toMatchObject({ code: 'model_unavailable', retryable: true });
      expect(dialled).toEqual(['10.0.0.1:8080']);
    });
  });
});
