import { describe, expect, it } from '@jest/globals';
import {
  type ConfigFinding,
  type JsonObject,
  type ModelAnswer,
  type ModelClient,
  type ModelRequest,
  NodeFailure,
  type NodeResult,
  toDefinition,
} from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { ModelNode } from './model.node.js';

const answer: ModelAnswer = {
  text: 'Good day',
  finishReason: 'stop',
  promptTokens: 12,
  completionTokens: 3,
  costNanoUsd: 2_500_000,
  priceTable: '2026-11',
  provider: 'local',
  model: 'extractive-1',
};

/** A model that says its answer word by word to whoever listens, and remembers what it was asked. */
class SpokenModel implements ModelClient {
  asked: ModelRequest | undefined;
  listened = false;

  constructor(private readonly answer: ModelAnswer) {}

  generate(request: ModelRequest, onText?: (text: string) => void): Promise<ModelAnswer> {
    this.asked = request;
    this.listened = onText !== undefined;
    for (const word of this.answer.text.split(' ')) onText?.(word);
    return Promise.resolve(this.answer);
  }
}

async function ask(config: JsonObject, given = answer): Promise<{ result: NodeResult; model: SpokenModel }> {
  const model = new SpokenModel(given);
  return { result: await runNode(ModelNode, { config, models: model }), model };
}

describe('what a model is asked', () => {
  it('leaves to the server what is not configured', async () => {
    const { model } = await ask({ prompt: 'Hello' });
    expect(model.asked).toEqual({
      provider: null,
      model: null,
      messages: [{ role: 'user', content: 'Hello' }],
      temperature: null,
      maxTokens: null,
      responseSchema: null,
      stream: true,
    });
  });

  it('hands over all that is', async () => {
    const schema = { type: 'object' };
    const { model } = await ask({
      prompt: 'Hello',
      provider: 'local',
      model: 'extractive-1',
      temperature: 0,
      max_tokens: 5,
      response_schema: schema,
      stream: false,
    });
    expect(model.asked).toMatchObject({
      provider: 'local',
      model: 'extractive-1',
      temperature: 0,
      maxTokens: 5,
      responseSchema: schema,
      stream: false,
    });
  });

  it('puts the system message first, and the prompt after the talk so far', async () => {
    const messages = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'two' },
    ];
    const { model } = await ask({ system_message: 'Be kind.', messages, prompt: 'three' });
    expect(model.asked?.messages.map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'system: Be kind.',
      'user: one',
      'assistant: two',
      'user: three',
    ]);
  });

  it('needs no prompt where there are messages', async () => {
    const { model } = await ask({ messages: [{ role: 'user', content: 'one' }], prompt: '' });
    expect(model.asked?.messages).toHaveLength(1);
  });

  it.each([[{ prompt: '' }], [{ prompt: '', messages: [], system_message: 'Be kind.' }]])(
    'is not asked nothing: %j',
    async (config) => {
      await expect(ask(config)).rejects.toMatchObject({ code: 'empty_prompt', retryable: false });
    },
  );
});

describe('what a model answers', () => {
  it('is text, with what it used and what that cost', async () => {
    const { result } = await ask({ prompt: 'Hello' });
    expect(result.port).toBe('out');
    expect(result.output).toEqual({
      text: 'Good day',
      tool_calls: [],
      finish_reason: 'stop',
      usage: { prompt_tokens: 12, completion_tokens: 3 },
      cost: 0.0025,
      provider: 'local',
      model: 'extractive-1',
    });
    expect(result.metrics).toEqual({
      prompt_tokens: 12,
      completion_tokens: 3,
      cost_nano_usd: 2_500_000,
      tool_calls: 0,
    });
  });

  it.each([[{ kind: 'bug' }], [null]])('is data as well where the model gives some: %j', async (data) => {
    const { result } = await ask({ prompt: 'Hello' }, { ...answer, data });
    expect(result.output).toMatchObject({ text: 'Good day', data });
  });

  it('is heard while it comes', async () => {
    const heard: string[] = [];
    const emitToken = (text: string): void => void heard.push(text);
    await runNode(ModelNode, { config: { prompt: 'Hello' }, models: new SpokenModel(answer), emitToken });
    expect(heard).toEqual(['Good', 'day']);
  });

  it('is not listened to where streaming is off', async () => {
    expect((await ask({ prompt: 'Hello', stream: false })).model.listened).toBe(false);
  });

  it('fails as the provider failed', async () => {
    const failure = new NodeFailure({
      code: 'model_rate_limited',
      message: 'Later.',
      retryable: true,
      retryAfterMs: 500,
    });
    const models: ModelClient = { generate: () => Promise.reject(failure) };
    await expect(runNode(ModelNode, { config: { prompt: 'Hello' }, models })).rejects.toBe(failure);
  });
});

describe('the model node', () => {
  const findings = (config: JsonObject): readonly ConfigFinding[] => toDefinition(ModelNode).validate?.(config) ?? [];

  it.each([[{}], [{ messages: [] }], [{ prompt: '' }], [{ system_message: 'Be kind.' }]])(
    'finds nothing to ask in %j',
    (config) => {
      expect(findings(config)).toMatchObject([{ path: '/prompt' }]);
    },
  );

  it.each([
    [{ prompt: '{{ input.message }}' }],
    [{ messages: '{{ input.messages }}' }],
    [{ messages: [{ role: 'user', content: 'Hello' }] }],
  ])('finds something to ask in %j', (config) => expect(findings(config)).toEqual([]));

  it('says where its text is, that it streams, and what it was called', () => {
    const { descriptor } = toDefinition(ModelNode);
    expect(descriptor).toMatchObject({ effects: 'read', ports: ['out'], textAt: '/text', streams: true });
    expect(descriptor.aliases.types).toEqual(['llm', 'call_model']);
    expect(descriptor.aliases.config).toMatchObject({ system_prompt: 'system_message' });
  });
});
