import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.js';

let server: OpenAiServer;
let chatter: Chatter;
beforeAll(async () => {
  server = await startOpenAiServer();
  const variables = { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test', MODEL_DEFAULT: 'openai/standard' };
  chatter = await Chatter.boot({ variables });
});
afterAll(async () => {
  await chatter.close();
  await server.close();
});

/** What the model was asked by a chat with these options, and what the caller was told. */
async function chat(message: string, config: object = {}, more: object = {}) {
  const before = server.calls.length;
  const { body } = await chatter.execute({ workflow_type: 'chat', message, config, ...more });
  const calls = server.calls.slice(before);
  return { body, calls, call: calls.at(-1), conversation_id: body.metadata.conversation_id as string };
}
const toldTo = (call: { messages: readonly { role: string; content: string }[] } | undefined) =>
  call?.messages.map(({ role, content }) => `${role}: ${content}`);

/** A conversation of so many questions and answers. */
async function talkOf(count: number): Promise<string> {
  const { conversation_id } = await chat('Question 1');
  for (let n = 2; n <= count; n += 1) await chat(`Question ${n}`, {}, { conversation_id });
  return conversation_id;
}

describe('An option of a chat', () => {
  it('left out is the server’s to choose', async () => {
    const { call, body } = await chat('Hi');
    expect(body).toMatchObject({ success: true, warnings: [] });
    expect(call).toMatchObject({ model: 'standard', messages: [{ role: 'user', content: 'Hi' }] });
    for (const option of ['temperature', 'max_tokens', 'tools']) expect(call).not.toHaveProperty(option);
    expect(body.steps.map(({ node_id }: { node_id: string }) => node_id)).toEqual(['start', 'model', 'end']);
  });

  it('provider: says who is asked', async () => {
    const { calls, body } = await chat('Hi', { provider: 'local' });
    expect(calls).toEqual([]);
    expect(body.success).toBe(true);
  });

  it('model: says which model is asked', async () => {
    expect((await chat('Hi', { model: 'openai/other' })).call).toMatchObject({ model: 'other' });
  });

  it('temperature: is told to the model', async () => {
    expect((await chat('Hi', { temperature: 0 })).call).toMatchObject({ temperature: 0 });
  });

  it('max_tokens: is told to the model', async () => {
    expect((await chat('Hi', { max_tokens: 7 })).call).toMatchObject({ max_tokens: 7 });
  });

  it('system_message: comes first, once, and as it stands', async () => {
    const { call } = await chat('Hi', { system_message: 'Answer in {{ braces }} only.' });
    expect(toldTo(call)).toEqual(['system: Answer in {{ braces }} only.', 'user: Hi']);
  });

  it('enable_memory: tells the model what was said before', async () => {
    const conversation_id = await talkOf(1);
    expect(toldTo((await chat('Next', {}, { conversation_id })).call)).toEqual(['user: Next']);
    expect(toldTo((await chat('More', { enable_memory: true }, { conversation_id })).call)).toEqual([
      'user: Question 1',
      'assistant: Hello there.',
      'user: Next',
      'assistant: Hello there.',
      'user: More',
    ]);
  });

  it('memory_window: bounds how much of it', async () => {
    const conversation_id = await talkOf(2);
    const { call } = await chat('Next', { enable_memory: true, memory_window: 1 }, { conversation_id });
    expect(toldTo(call)).toEqual(['assistant: Hello there.', 'user: Next']);
    const none = await chat('Next', { enable_memory: true, memory_window: 0 }, { conversation_id });
    expect(toldTo(none.call)!.at(-1)).toBe('user: Next');
    expect(toldTo(none.call)).not.toContain('assistant: Hello there.');
  });

  it('memory_window: what has left it is told in short, renewed when it is stale, and counted', async () => {
    const conversation_id = await talkOf(3);
    const options = { enable_memory: true, memory_window: 1 };
    server.script.push({ type: 'say', text: 'They asked three questions.' }, { type: 'say', text: 'Fine.' });
    const first = await chat('Next', options, { conversation_id });
    expect(first.calls).toHaveLength(2);
    expect(first.body).toMatchObject({ output: 'Fine.', metrics: { tokens_used: 20 } });
    expect(toldTo(first.call)).toEqual([
      expect.stringMatching(/^user: .*They asked three questions\./),
      'assistant: Hello there.',
      'user: Next',
    ]);
    const second = await chat('And', options, { conversation_id });
    expect(second.calls).toHaveLength(1);
    expect(toldTo(second.call)![0]).toContain('They asked three questions.');
    await chat('Again', options, { conversation_id });
    const fourth = await chat('And again', options, { conversation_id });
    expect(fourth.calls).toHaveLength(2);
    expect(JSON.stringify(fourth.calls[0])).toContain('They asked three questions.');
  });

  it.each([
    ['memory_window', 3, 'enable_memory'],
    ['max_documents', 3, 'enable_retrieval'],
    ['max_tool_calls', 3, 'enable_tools'],
    ['allowed_tools', ['calculator'], 'enable_tools'],
  ])('%s: has no effect by itself, and that is said', async (option, value, behind) => {
    const { body } = await chat('Hi', { [option]: value });
    expect(body.success).toBe(true);
    expect(body.warnings).toEqual([
      { code: 'option_without_effect', path: `/config/${option}`, message: expect.stringContaining(behind) },
    ]);
  });
});
