import { describe, expect, it, jest } from '@jest/globals';
import { type JsonObject, type ModelAnswer, type ModelMessage, type ModelRequest, NodeFailure } from '#plugin-sdk';
import { EgressClient } from '../http/index.js';
import { type CallEstimate, estimateOf } from './estimate.js';
import { Models } from './index.js';
import { costNanoUsd, priceOf } from './price-table.js';

const { signal } = new AbortController();
const budget = { reserve: () => undefined };
const egress = new EgressClient({ allow: [], resolve: async () => ['10.0.0.1'] });
const offline = new Models({ default: 'local/extractive-1', openai: null, egress });
const server = { baseUrl: 'https://api.openai.com/v1', apiKey: 'key' };

const request: ModelRequest = {
  provider: null,
  model: null,
  messages: [{ role: 'user', content: 'one two three' }],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  stream: true,
};

const ask = (defaults: JsonObject, wish: Partial<ModelRequest> = {}, models = offline): Promise<ModelAnswer> =>
  models.clientFor({ signal, defaults, budget }).generate({ ...request, ...wish });

describe('which model answers', () => {
  it('is the default where nobody says anything, and it costs nothing', async () => {
    expect(await ask({})).toMatchObject({
      provider: 'local',
      model: 'extractive-1',
      costNanoUsd: 0,
      priceTable: offline.priceTableVersion,
    });
  });

  it.each<[JsonObject, Partial<ModelRequest>]>([
    [{ provider: 'local' }, {}],
    [{ model: 'local/extractive-1' }, {}],
    [{ model: 'extractive-1' }, {}],
    [{ provider: 'nobody', model: 'x' }, { provider: 'local' }],
    [{ provider: 'nobody', model: 'x' }, { model: 'extractive-1' }],
    [{ provider: '' }, {}],
  ])('is found from the defaults %j and the wish %j', async (defaults, wish) => {
    const models = new Models({ default: 'openai/gpt-4o', openai: server, egress });
    const chosen = defaults['provider'] === '' ? offline : models;
    expect(await ask(defaults, wish, chosen)).toMatchObject({ provider: 'local', model: 'extractive-1' });
  });

  it.each([
    [{ provider: 'nobody' }, 'There is no provider "nobody"; there is "local".'],
    [{ provider: 'openai', model: 'gpt-4o' }, 'Set OPENAI_BASE_URL'],
    [{ provider: 'anthropic' }, 'Set ANTHROPIC_API_KEY'],
    [{ model: 'gpt-9' }, 'no model "gpt-9"; it has "extractive-1"'],
  ])('is none for %j', async (wish, message) => {
    await expect(ask({}, wish)).rejects.toMatchObject({
      code: 'unknown_model',
      retryable: false,
      message: expect.stringContaining(message),
    });
  });

  it('has to be named where a provider lists none', async () => {
    const models = new Models({
      default: 'local/extractive-1',
      openai: { ...server, baseUrl: 'http://llm.example/v1' },
      egress,
    });
    await expect(ask({}, { provider: 'openai' }, models)).rejects.toMatchObject({ code: 'unknown_model' });
  });

  it.each([['openai/gpt-4o'], ['local/other'], ['extractive-1'], ['']])('can by default not be %j', (standard) => {
    expect(() => new Models({ default: standard, openai: null, egress })).toThrow(`MODEL_DEFAULT is "${standard}"`);
  });
});

describe('the defaults of an execution', () => {
  it('fill what a request leaves open', async () => {
    const answer = await ask({ max_tokens: 1, temperature: 0.5, system_message: 'Be brief.' });
    expect(answer).toMatchObject({ completionTokens: 1, promptTokens: 4 + 3 });
  });

  it('give way to what the request says', async () => {
    const messages = [{ role: 'system' as const, content: 'Hi' }, ...request.messages];
    const answer = await ask({ max_tokens: 1, system_message: 'Be brief.' }, { maxTokens: 2, messages });
    expect(answer).toMatchObject({ completionTokens: 2, promptTokens: 4 + 1 });
  });
});

describe('who listens', () => {
  it.each([
    [true, true],
    [false, false],
  ])('hears the answer as it comes when stream is %j', async (stream, hears) => {
    const heard: string[] = [];
    await offline
      .clientFor({ signal, defaults: {}, budget })
      .generate({ ...request, stream }, (text) => heard.push(text));
    expect(heard.length > 0).toBe(hears);
  });
});

describe('what a call may use', () => {
  const reserved = async (wish: Partial<ModelRequest>, models = offline): Promise<CallEstimate[]> => {
    const asked: CallEstimate[] = [];
    const keeping = { reserve: (estimate: CallEstimate) => void asked.push(estimate) };
    await models
      .clientFor({ signal, defaults: {}, budget: keeping })
      .generate({ ...request, ...wish })
      .catch(() => undefined);
    return asked;
  };

  it('is set aside before it is made: a token for four characters, rounded up, and the longest answer', async () => {
    expect(await reserved({ messages: [{ role: 'user', content: '12345' }], maxTokens: 10 })).toEqual([
      { tokens: 2 + 10, costNanoUsd: 0 },
    ]);
  });

  it('counts what it is told by the side, and takes an answer of no known length for 1,024 tokens', async () => {
    const tools = [{ name: 'a', description: 'b', argumentsSchema: {} }];
    const [plain] = await reserved({});
    const [more] = await reserved({ tools, responseSchema: { type: 'string' } });
    expect(plain).toEqual({ tokens: 4 + 1_024, costNanoUsd: 0 });
    const characters = 13 + JSON.stringify(tools[0]).length + '{"type":"string"}'.length;
    expect(more).toEqual({ tokens: Math.ceil(characters / 4) + 1_024, costNanoUsd: 0 });
  });

  it('counts the tools that were called, and images at a flat rate', () => {
    const messages: ModelMessage[] = [
      { role: 'user', content: 'Look', images: [{ mime: 'image/png', data: 'x'.repeat(9_999) }] },
      { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'a', arguments: {} }] },
    ];
    const asked = { model: 'gpt-4o', messages, temperature: null, maxTokens: 1, responseSchema: null };
    const prompt = Math.ceil((4 + '[{"id":"1","name":"a","arguments":{}}]'.length) / 4) + 1_600;
    expect(estimateOf(asked)).toEqual({ tokens: prompt + 1, costNanoUsd: prompt * 2_500 + 10_000 });
  });

  it('keeps a call from being made where it would go beyond', async () => {
    const connect = jest.fn();
    const nowhere = new EgressClient({ allow: [], connect });
    const models = new Models({ default: 'openai/gpt-4o', openai: server, egress: nowhere });
    const beyond = new NodeFailure({ code: 'max_cost', message: 'Too dear.' });
    const reserve = (): never => {
      throw beyond;
    };
    const asked = models.clientFor({ signal, defaults: {}, budget: { reserve } }).generate(request);
    await expect(asked).rejects.toBe(beyond);
    expect(connect).not.toHaveBeenCalled();
  });
});

describe('the list of models', () => {
  it('says of the local one what it is and what it costs', () => {
    expect(offline.list()).toEqual([
      {
        provider: 'local',
        model: 'extractive-1',
        description: expect.stringContaining('No language model'),
        default: true,
        features: { tools: true, structured_output: true, streaming: true },
        prices: { prompt: 0, completion: 0 },
        price_table: '2026-11.2',
      },
    ]);
  });

  it('holds those of OpenAI with their prices when it is configured', () => {
    const models = new Models({ default: 'local/extractive-1', openai: server, egress }).list();
    expect(models).toContainEqual(
      expect.objectContaining({
        provider: 'openai',
        model: 'gpt-4o',
        default: false,
        prices: { prompt: 2.5, completion: 10 },
      }),
    );
  });

  it('holds those of Anthropic only where there is a key for them', () => {
    const has = (models: Models): boolean => models.list().some(({ provider }) => provider === 'anthropic');
    const anthropic = { apiKey: 'key', baseUrl: null };
    expect(has(offline)).toBe(false);
    expect(has(new Models({ default: 'local/extractive-1', openai: null, anthropic: null, egress }))).toBe(false);
    const models = new Models({ default: 'local/extractive-1', openai: null, anthropic, egress });
    expect(models.list()).toContainEqual({
      provider: 'anthropic',
      model: 'claude-sonnet-4-5',
      description: 'A model of Anthropic.',
      default: false,
      features: { tools: true, structured_output: true, streaming: true },
      prices: { prompt: 3, completion: 15 },
      price_table: '2026-11.2',
    });
  });

  it('holds of another server the default only, and has no price for it', () => {
    const openai = { baseUrl: 'http://llm.example/v1', apiKey: null };
    const models = new Models({ default: 'openai/llama-3', openai, egress }).list();
    expect(models.map(({ provider, model, default: is, prices }) => ({ provider, model, is, prices }))).toEqual([
      { provider: 'local', model: 'extractive-1', is: false, prices: { prompt: 0, completion: 0 } },
      { provider: 'openai', model: 'llama-3', is: true, prices: null },
    ]);
  });
});

describe('prices', () => {
  it('belong to a model, of whatever date', () => {
    expect(priceOf('gpt-4o-mini-2024-07-18')).toEqual(priceOf('gpt-4o-mini'));
    expect(priceOf('gpt-4o-2024-08-06')).toEqual(priceOf('gpt-4o'));
    expect(priceOf('gpt-4o-latest')).toEqual(priceOf('gpt-4o'));
    expect(priceOf('claude-haiku-4-5-20251001')).toEqual({ prompt: 1, completion: 5 });
  });

  it.each([['gpt-4omega'], ['gpt-5-pro'], ['o3-mini'], ['gpt-4o-audio-preview'], ['constructor']])(
    'are not made up for %s',
    (model) => expect(priceOf(model)).toBeNull(),
  );

  it('come to whole nano-dollars', () => {
    expect(costNanoUsd('gpt-4o-mini', { prompt: 7, completion: 3 })).toBe(7 * 150 + 3 * 600);
    expect(costNanoUsd('gpt-4o', { prompt: 1_000_000, completion: 0 })).toBe(2_500_000_000);
    expect(costNanoUsd('unknown', { prompt: 7, completion: 3 })).toBe(0);
  });
});
