import { describe, expect, it } from '@jest/globals';
import {
  type ConfigFinding,
  type JsonObject,
  type ModelAnswer,
  type ModelClient,
  type ModelRequest,
  NodeFailure,
  type NodeResult,
  portsOf,
  type ToolClient,
  type ToolDescription,
  toDefinition,
} from '@chatter/plugin-sdk';
import { runNode, type RunOptions } from '@chatter/plugin-sdk/testing';
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

async function ask(
  config: JsonObject,
  given = answer,
  more: RunOptions = {},
): Promise<{ result: NodeResult; model: SpokenModel }> {
  const model = new SpokenModel(given);
  return { result: await runNode(ModelNode, { config, models: model, ...more }), model };
}

const said = ({ asked }: SpokenModel): string[] =>
  (asked?.messages ?? []).map(({ role, content }) => `${role}: ${content}`);

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
    expect(said(model)).toEqual(['system: Be kind.', 'user: one', 'assistant: two', 'user: three']);
  });

  it('may be a talk in which tools were called', async () => {
    const messages: JsonObject[] = [
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '', tool_calls: [{ id: '1', name: 'a', arguments: { b: 2 } }] },
      { role: 'tool', content: '3', tool_call_id: '1', name: 'a' },
    ];
    const { model } = await ask({ messages });
    expect(model.asked?.messages).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'a', arguments: { b: 2 } }] },
      { role: 'tool', content: '3', toolCallId: '1', name: 'a' },
    ]);
  });

  it.each([[{ name: 'a' }], [{ tool_call_id: '1' }]])('is no result of a tool with %j alone', async (of) => {
    const messages = [{ role: 'tool', content: 'x', ...of }];
    await expect(ask({ prompt: 'Hello', messages })).rejects.toMatchObject({ code: 'invalid_message' });
  });

  it('needs no prompt where there are messages', async () => {
    const { model } = await ask({ messages: [{ role: 'user', content: 'one' }], prompt: '' });
    expect(model.asked?.messages).toHaveLength(1);
  });

  it.each([[{ prompt: '' }], [{ prompt: '', messages: [], system_message: 'Be kind.' }]])(
    'is not nothing: %j',
    async (config) => {
      await expect(ask(config)).rejects.toMatchObject({ code: 'empty_prompt', retryable: false });
    },
  );
});

describe('tools that are not run here', () => {
  const describe = (name: string): ToolDescription => ({
    name,
    description: `Does ${name}.`,
    effects: 'none',
    idempotent: true,
    argumentsSchema: { type: 'object' },
    source: 'test',
  });
  const tools: ToolClient = {
    list: () => [describe('calculator'), describe('current_time')],
    call: () => Promise.reject(new Error('nobody calls it')),
  };
  const asking = { ...answer, text: '', toolCalls: [{ id: '1', name: 'calculator', arguments: { expression: '1' } }] };
  const config = { prompt: 'Hello', tools: ['calculator'], run_tools: false };

  it('are offered, and what the model asks for leaves by a port of its own', async () => {
    const { result, model } = await ask(config, asking, { tools });
    expect(model.asked?.tools).toEqual([
      { name: 'calculator', description: 'Does calculator.', argumentsSchema: { type: 'object' } },
    ]);
    expect(result).toMatchObject({ port: 'tool_calls', output: { tool_calls: asking.toolCalls } });
    expect((await ask(config, answer, { tools })).result.port).toBe('out');
  });

  it('are all that the execution may use with *', async () => {
    const { model } = await ask({ ...config, tools: ['*'] }, answer, { tools });
    expect(model.asked?.tools?.map(({ name }) => name)).toEqual(['calculator', 'current_time']);
  });

  it('are not offered where the execution may not use them, and that is said', async () => {
    const { result, model } = await ask({ ...config, tools: ['rocket'] }, answer, { tools });
    expect(model.asked).not.toHaveProperty('tools');
    expect(result.warnings).toEqual(['There is no tool "rocket" that this execution may use. It was not offered.']);
  });
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
      model: 'local/extractive-1',
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
    ['/tools', { tools: ['a', 'a'] }],
    ['/use_memory', { use_memory: [] }],
    ['/use_memory', { use_memory: 1 }],
    ['/use_context', { use_context: 1 }],
  ])('finds at %s what is wrong with %j', (path, config: JsonObject) => {
    expect(findings({ prompt: 'Hello', ...config })).toMatchObject([{ path }]);
  });

  it.each([
    [{ prompt: '{{ input.message }}' }],
    [{ messages: '{{ input.messages }}' }],
    [{ messages: [{ role: 'user', content: 'Hello' }] }],
    [{ images: [{ data: 'aGk=' }] }],
    [{ prompt: 'Hello', tools: ['a', 'b'], use_memory: '{{ nodes.memory.output }}', use_context: [] }],
  ])('finds something to ask in %j', (config) => expect(findings(config)).toEqual([]));

  it('says where its text is, that it streams, and what it was called', () => {
    const { descriptor } = toDefinition(ModelNode);
    expect(descriptor).toMatchObject({ effects: 'read', textAt: '/text', streams: true });
    expect(portsOf(descriptor, {})).toEqual(['out']);
    expect(portsOf(descriptor, { run_tools: true })).toEqual(['out']);
    expect(portsOf(descriptor, { run_tools: false })).toEqual(['out', 'tool_calls']);
    expect(descriptor.aliases.types).toEqual(['llm', 'call_model']);
    expect(descriptor.aliases.config).toMatchObject({ system_prompt: 'system_message' });
  });
});
