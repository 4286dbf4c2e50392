import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ModelServer } from '../../../../test/support/model-server.js';
import { startOpenAiServer } from '../../../../test/support/openai-server.js';
import { EgressClient } from '../../http/index.js';
import { Models } from '../index.js';
import { askOf, egress, ignore, modelsAt, openAi } from '../testing/served.js';

describe('the protocol of OpenAI', () => {
  let server: ModelServer;
  beforeAll(async () => void (server = await startOpenAiServer()));
  afterAll(() => server.close());

  it('carries the talk word for word', async () => {
    const models = modelsAt(openAi, server.baseUrl);
    const messages = [
      { role: 'system' as const, content: 'Be kind.' },
      { role: 'user' as const, content: 'One' },
      { role: 'assistant' as const, content: 'Two' },
      { role: 'user' as const, content: 'Three' },
    ];
    await askOf(models, { messages }, { onText: ignore });
    expect(server.calls.at(-1)).toMatchObject({ messages, stream_options: { include_usage: true } });
  });

  it.each([
    [true, { additionalProperties: false }],
    [false, {}],
  ])('asks for strict data (%j) only where the schema allows for it', async (strict, more) => {
    const models = modelsAt(openAi, server.baseUrl);
    server.script.push({ type: 'say', text: '{"n": 3}' });
    const responseSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], ...more };
    await askOf(models, { responseSchema });
    expect(server.calls.at(-1)?.['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { schema: responseSchema, strict },
    });
    expect(server.calls.at(-1)).not.toHaveProperty('strictJsonSchema');
  });

  it.each([
    ['gpt-4o', { max_completion_tokens: 5, temperature: 0.5 }],
    ['gpt-5-mini', { max_completion_tokens: 5 }],
    ['o3', { max_completion_tokens: 5 }],
  ])('is spoken to OpenAI itself as it wants it, for %s', async (model, options) => {
    const toOpenAi = new EgressClient({ allow: [], resolve: async () => ['127.0.0.1'] });
    const openai = { baseUrl: `http://api.openai.com:${server.port}/v1`, apiKey: 'key' };
    const models = new Models({ default: `openai/${model}`, openai, egress: toOpenAi });
    await askOf(models, { maxTokens: 5, temperature: 0.5 });
    const { max_tokens, max_completion_tokens, temperature } = server.calls.at(-1)!;
    expect({ max_tokens, max_completion_tokens, temperature }).toEqual(options);
    await askOf(models, {});
    expect(server.calls.at(-1)).not.toHaveProperty('max_completion_tokens');
  });

  it('needs no key, and says nothing that is not configured', async () => {
    const openai = { baseUrl: server.baseUrl, apiKey: null };
    const from = new Models({ default: 'openai/llama', openai, egress });
    expect(await askOf(from, {})).toMatchObject({ costNanoUsd: 0, model: 'llama' });
    expect(server.calls.at(-1)).not.toHaveProperty('temperature');
    expect(server.calls.at(-1)).not.toHaveProperty('max_tokens');
    expect(server.headers.at(-1)).not.toHaveProperty('authorization');
  });
});
