import { describe, expect, it } from '@jest/globals';
import type { Problem } from '../http/problem.js';
import { readOldChatBody } from './old-chat-body.js';

const read = (body: unknown, streaming = false) => readOldChatBody(body, { streaming });
const pathsOf = (body: unknown) => read(body).warnings.map(({ path }) => path);

describe('The body of an old chat route', () => {
  it('is a chat with memory', () => {
    expect(read({ message: 'Hi' }).request).toEqual({
      workflow_type: 'chat',
      message: 'Hi',
      config: { streaming: false, enable_memory: true, enable_retrieval: false, enable_tools: false },
    });
    expect(read({ message: 'Hi' }).warnings).toEqual([]);
  });

  it('streams at the address for that, and where it says so', () => {
    expect(read({ message: 'Hi' }, true).request.config).toMatchObject({ streaming: true });
    expect(read({ message: 'Hi', stream: true }).request.config).toMatchObject({ streaming: true });
  });

  it('has its options in two places, the nearer of which counts', () => {
    const workflow_config = {
      enable_memory: false,
      enable_retrieval: true,
      llm_config: { provider: 'openai', model: 'm', temperature: 0.1, max_tokens: 10 },
      retrieval_config: { max_documents: 3 },
      tool_config: { enabled: true, allowed_tools: ['calculator'], max_tool_calls: 2 },
    };
    const whole = { message: 'Hi', workflow_config, temperature: 0.9, system_prompt_override: 'Be kind.' };
    expect(read(whole).request.config).toEqual({
      streaming: false,
      provider: 'openai',
      model: 'm',
      temperature: 0.9,
      max_tokens: 10,
      system_message: 'Be kind.',
      enable_memory: false,
      enable_retrieval: true,
      enable_tools: true,
      max_documents: 3,
      max_tool_calls: 2,
      allowed_tools: ['calculator'],
    });
    expect(read({ ...whole, enable_retrieval: false, enable_tools: false }).request.config).not.toHaveProperty(
      'max_documents',
    );
    expect(pathsOf(whole)).toEqual([]);
  });

  it('goes on with a conversation, and shows what happens', () => {
    const conversation = '0199a0e0-0000-7000-8000-000000000001';
    const { request } = read({ message: 'Hi', conversation_id: `conv_${conversation}`, enable_tracing: true });
    expect(request).toMatchObject({ conversation_id: conversation, config: { debug_mode: true } });
  });

  it('may name a definition, which is given the message', () => {
    const id = '0199a0e0-0000-7000-8000-000000000001';
    const old = { message: 'Hi', workflow_definition_id: `wf_${id}`, provider: 'local', conversation_id: `conv_${id}` };
    expect(read(old, true).request).toEqual({
      workflow_type: 'definition',
      definition_id: id,
      conversation_id: id,
      input_data: { message: 'Hi', query: 'Hi' },
      config: { streaming: true, provider: 'local' },
    });
  });

  it('says what has no effect any more', () => {
    expect(pathsOf({ message: 'Hi', profile_id: 'p', document_ids: ['d'], enable_web_search: false })).toEqual([
      '/profile_id',
      '/document_ids',
    ]);
    expect(pathsOf({ message: 'Hi', workflow_config: { llm_config: { top_p: 1 } } })).toEqual([
      '/workflow_config/llm_config/top_p',
    ]);
  });

  it.each([
    [{}, '/message'],
    [{ message: 5 }, '/message'],
    [{ message: '' }, '/message'],
    [
      { message: 'Hi', workflow_config: { tool_config: { max_tool_calls: 0 } } },
      '/workflow_config/tool_config/max_tool_calls',
    ],
    [{ message: 'Hi', mesage: 'x' }, '/mesage'],
  ])('is refused where it is malformed: %j', (body, path) => {
    try {
      read(body);
      throw new Error('It was taken.');
    } catch (error) {
      expect((error as Problem).more.errors?.[0]).toMatchObject({ path });
    }
  });
});
