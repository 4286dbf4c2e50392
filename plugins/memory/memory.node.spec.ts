import { describe, expect, it } from '@jest/globals';
import {
  type ConversationClient,
  type ConversationMemory,
  type JsonObject,
  type ModelClient,
  type ModelRequest,
  NodeFailure,
  toDefinition,
} from '@chatter/plugin-sdk';
import { runNode } from '@chatter/plugin-sdk/testing';
import { MemoryNode } from './memory.node.js';

const hello = { role: 'user', content: 'Hello' } as const;
const goodDay = { role: 'assistant', content: 'Good day' } as const;
const stale: ConversationMemory = {
  messages: [goodDay],
  summary: 'They met.',
  unsummarised: { messages: [hello], upTo: 'm1' },
};

/** A conversation that gives this, and remembers what it was told. */
function conversationOf(memory: ConversationMemory) {
  const told: unknown[] = [];
  const client: ConversationClient = {
    id: 'conv_1',
    load: async (options) => {
      told.push(['load', options]);
      return memory;
    },
    summarised: async (...summary) => void told.push(['summarised', ...summary]),
    store: async (messages) => void told.push(['store', messages]),
  };
  return { told, client };
}

/** A model that says this, or fails with it. */
function saying(said: string | Error) {
  const asked: ModelRequest[] = [];
  const client: ModelClient = {
    generate: async (request) => {
      asked.push(request);
      if (said instanceof Error) throw said;
      const usage = { promptTokens: 20, completionTokens: 5, costNanoUsd: 300, priceTable: 't' };
      return { text: said, finishReason: 'stop', provider: 'p', model: 'm', ...usage };
    },
  };
  return { asked, client };
}

const findings = (config: JsonObject) => toDefinition(MemoryNode).validate?.(config) ?? [];

describe('loading', () => {
  it('gives the last messages and the summary, and asks no model where that is fresh', async () => {
    const { client, told } = conversationOf({ messages: [hello, goodDay], summary: 'They met.', unsummarised: null });
    const result = await runNode(MemoryNode, { conversation: client });
    expect(result).toMatchObject({ port: 'out', output: { messages: [hello, goodDay], summary: 'They met.' } });
    expect(result.metrics).toBeUndefined();
    expect(told).toEqual([['load', { window: 10, summarize: true }]]);
  });

  it('asks for as many as it is told, and for no summary', async () => {
    const { client, told } = conversationOf({ messages: [], summary: null, unsummarised: null });
    const config = { memory_window: 2, summarize: false };
    expect((await runNode(MemoryNode, { conversation: client, config })).output).toEqual({
      messages: [],
      summary: null,
    });
    expect(told).toEqual([['load', { window: 2, summarize: false }]]);
  });

  it('brings a stale summary up to date with the model of the execution, keeps it, and counts what it used', async () => {
    const { client, told } = conversationOf(stale);
    const model = saying(' They met and said hello. ');
    const result = await runNode(MemoryNode, { conversation: client, models: model.client });
    expect(result.output).toEqual({ messages: [goodDay], summary: 'They met and said hello.' });
    expect(result.metrics).toEqual({
      prompt_tokens: 20,
      completion_tokens: 5,
      cost_nano_usd: 300,
      tool_calls: 0,
      model: 'p/m',
    });
    expect(told.at(-1)).toEqual(['summarised', 'They met and said hello.', 'm1']);
    expect(model.asked).toMatchObject([{ provider: null, model: null, temperature: 0, stream: false }]);
    const [, asked] = model.asked[0]!.messages;
    expect(asked?.content).toContain('They met.');
    expect(asked?.content).toContain('user: Hello');
  });

  it('asks for a first summary with the messages alone, none of them whole where it is long', async () => {
    const long = { role: 'user', content: 'x'.repeat(100_000) } as const;
    const { client } = conversationOf({ ...stale, summary: null, unsummarised: { messages: [long], upTo: 'm1' } });
    const model = saying('A lot of x.');
    await runNode(MemoryNode, { conversation: client, models: model.client });
    expect(model.asked[0]!.messages[1]!.content.length).toBeLessThan(5_000);
  });

  it('keeps no empty summary', async () => {
    const { client, told } = conversationOf(stale);
    const kept = await runNode(MemoryNode, { conversation: client, models: saying(' ').client });
    expect(kept.output).toMatchObject({ summary: 'They met.' });
    expect(told).toHaveLength(1);
    const none = conversationOf({ ...stale, summary: null }).client;
    const first = await runNode(MemoryNode, { conversation: none, models: saying('').client });
    expect(first.output).toMatchObject({ summary: null });
  });

  it('goes on with the old summary, and a warning, where no model answers', async () => {
    const { client } = conversationOf(stale);
    const models = saying(new NodeFailure({ code: 'http_503', message: 'Busy.', retryable: true })).client;
    expect(await runNode(MemoryNode, { conversation: client, models })).toMatchObject({
      output: { messages: [goodDay], summary: 'They met.' },
      warnings: [expect.stringContaining('Busy.')],
    });
  });

  it.each(['cancelled', 'timeout', 'max_total_tokens', 'max_cost'])('does not go on behind "%s"', async (code) => {
    const { client } = conversationOf(stale);
    const models = saying(new NodeFailure({ code, message: 'No.' })).client;
    await expect(runNode(MemoryNode, { conversation: client, models })).rejects.toMatchObject({ code });
  });

  it('does not hide a fault of our own', async () => {
    const { client } = conversationOf(stale);
    const models = saying(new TypeError('oops')).client;
    await expect(runNode(MemoryNode, { conversation: client, models })).rejects.toThrow('oops');
  });
});

describe('storing', () => {
  it('puts the messages into the conversation', async () => {
    const { client, told } = conversationOf(stale);
    const config = { operation: 'store', messages: [hello, goodDay] };
    const { output } = await runNode(MemoryNode, { conversation: client, config });
    expect(output).toEqual({ messages: [hello, goodDay], summary: null });
    expect(told).toEqual([['store', [hello, goodDay]]]);
  });

  it('stores nothing where there is nothing', async () => {
    const { client, told } = conversationOf(stale);
    await runNode(MemoryNode, { conversation: client, config: { operation: 'store' } });
    expect(told).toEqual([['store', []]]);
  });
});

describe('the memory node', () => {
  it('reads where it loads, and writes where it stores', () => {
    expect(toDefinition(MemoryNode).descriptor).toMatchObject({
      effects: { by: '/operation', read: ['load'], else: 'write' },
      idempotent: true,
    });
  });

  it.each<[JsonObject, object[]]>([
    [{}, []],
    [{ operation: 'load', memory_window: 3 }, []],
    [{ operation: 'store', messages: [hello] }, []],
    [{ operation: 'store', messages: '{{ incoming }}' }, []],
    [{ operation: 'store' }, [{ path: '/messages' }]],
    [{ messages: [hello] }, [{ path: '/messages', severity: 'warning' }]],
  ])('finds in %j: %j', (config, expected) => expect(findings(config)).toMatchObject(expected));
});
