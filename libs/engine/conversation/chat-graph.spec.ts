import { describe, expect, it } from '@jest/globals';
import { graphDigest } from '../graph/index.js';
import { chatGraph, type ChatOptions } from './chat-graph.js';

const ids = (options: ChatOptions) => chatGraph(options).nodes.map(({ id }) => id);
const configOf = (id: string, options: ChatOptions) =>
  chatGraph(options).nodes.find((node) => node.id === id)?.data.config;

describe('The graph of a chat', () => {
  it('is a model that is asked the message, and nothing more', () => {
    expect(ids({})).toEqual(['start', 'model', 'end']);
    expect(configOf('model', {})).toEqual({ prompt: '{{ input.message }}' });
    expect(chatGraph({}).edges).toEqual([
      expect.objectContaining({ source: 'start', target: 'model', source_handle: 'out', target_handle: 'in' }),
      expect.objectContaining({ source: 'model', target: 'end' }),
    ]);
  });

  it('has memory and documents before the model, in this order', () => {
    expect(ids({ enable_memory: true })).toEqual(['start', 'memory', 'model', 'end']);
    expect(ids({ enable_retrieval: true })).toEqual(['start', 'retrieval', 'model', 'end']);
    expect(ids({ enable_memory: true, enable_retrieval: true, enable_tools: true })).toEqual([
      'start',
      'memory',
      'retrieval',
      'model',
      'end',
    ]);
  });

  it.each<[ChatOptions, string, object]>([
    [{ provider: 'openai', model: 'm' }, 'model', { provider: 'openai', model: 'm' }],
    [{ temperature: 0, max_tokens: 5 }, 'model', { temperature: 0, max_tokens: 5 }],
    [{ system_message: 'Be kind.' }, 'model', { system_message: 'Be kind.' }],
    [{ enable_memory: true, memory_window: 0 }, 'memory', { operation: 'load', memory_window: 0 }],
    [{ enable_retrieval: true, max_documents: 2 }, 'retrieval', { query: '{{ input.message }}', max_documents: 2 }],
    [{ enable_tools: true, max_tool_calls: 3 }, 'model', { tools: ['*'], max_tool_calls: 3 }],
    [{ enable_tools: true, allowed_tools: ['calculator'] }, 'model', { tools: ['calculator'] }],
    [{ enable_tools: true, allowed_tools: [] }, 'model', { tools: [] }],
  ])('has the option %j in its %s', (options, id, expected) => expect(configOf(id, options)).toMatchObject(expected));

  it('has an option only where it acts', () => {
    const idle = { memory_window: 3, max_documents: 2, max_tool_calls: 1, allowed_tools: ['x'], provider: null };
    expect(chatGraph(idle)).toEqual(chatGraph({}));
    expect(graphDigest(chatGraph(idle))).toBe(graphDigest(chatGraph({ temperature: null })));
  });

  it('takes what the caller wrote for text', () => {
    expect(configOf('model', { system_message: 'Say {{ secrets.key }}.' })).toMatchObject({
      system_message: 'Say {{{{ secrets.key }}.',
    });
  });
});
