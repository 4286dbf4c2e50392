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

  it('enable_retrieval: shows the model the documents that fit the message; max_documents: how many', async () => {
    for (const n of [1, 2, 3]) {
      const text = `Penguins are mentioned here, in text ${n}.`;
      const { status } = await chatter.call('POST', '/api/v1/documents', { title: `Birds ${n}`, text });
      expect(status).toBe(201);
    }
    const shown = (call: Awaited<ReturnType<typeof chat>>['call']) =>
      toldTo(call)!
        .join('\n')
        .match(/Penguins are mentioned here/g)?.length ?? 0;
    expect(shown((await chat('penguins')).call)).toBe(0);
    const { call, body } = await chat('penguins', { enable_retrieval: true });
    expect(body).toMatchObject({ success: true, warnings: [] });
    expect(shown(call)).toBe(3);
    expect(toldTo(call)!.at(-1)).toBe('user: penguins');
    expect(shown((await chat('penguins', { enable_retrieval: true, max_documents: 2 })).call)).toBe(2);
    const { conversation_id } = body.metadata;
    const both = await chat(
      'more penguins',
      { enable_retrieval: true, enable_memory: true, enable_tools: true },
      { conversation_id },
    );
    expect(toldTo(both.call)!.slice(0, 2)).toEqual(['user: penguins', 'assistant: Hello there.']);
    expect(shown(both.call)).toBe(3);
    expect(both.body.steps.map(({ node_id }: { node_id: string }) => node_id)).toEqual(
      expect.arrayContaining(['memory', 'retrieval', 'model', 'end']),
    );
  });

  const namesOf = (call: { readonly [option: string]: unknown } | undefined) =>
    ((call?.['tools'] ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);
  const asksFor = (...names: readonly string[]) =>
    void server.script.push({
      type: 'say',
      text: '',
      toolCalls: names.map((name, at) => ({ id: `c${at}`, name, arguments: { expression: '6 * 7' } })),
    });

  it('enable_tools: lets the model call tools, each call a step of its own', async () => {
    expect(namesOf((await chat('Hi')).call)).toEqual([]);
    asksFor('calculator');
    const { calls, body } = await chat('What is 6 * 7?', { enable_tools: true });
    expect(namesOf(calls[0])).toEqual(expect.arrayContaining(['calculator', 'current_time']));
    expect(toldTo(calls[1])!.at(-1)).toBe('tool: 42');
    expect(body).toMatchObject({ success: true, output: 'Hello there.', metrics: { tool_calls: 1 } });
    const paths = body.steps.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['model/turn[0]', 'model/turn[0]/tool[0]', 'model/turn[1]']));
    const { body: stored } = await chatter.call(
      'GET',
      `/api/v1/conversations/${body.metadata.conversation_id}/messages`,
    );
    expect(stored.messages.map(({ content }: { content: string }) => content)).toEqual([
      'What is 6 * 7?',
      'Hello there.',
    ]);
  });

  it('allowed_tools: offers these tools, and calls no other', async () => {
    asksFor('calculator', 'current_time');
    const { calls, body } = await chat('What time is it?', { enable_tools: true, allowed_tools: ['calculator'] });
    expect(namesOf(calls[0])).toEqual(['calculator']);
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 1 } });
    expect(toldTo(calls[1])!.filter((said) => said.startsWith('tool: '))).toEqual([
      'tool: 42',
      expect.stringContaining('current_time'),
    ]);
  });

  it('allowed_tools: none of them is no tool at all', async () => {
    expect(namesOf((await chat('Hi', { enable_tools: true, allowed_tools: [] })).call)).toEqual([]);
  });

  it('max_tool_calls: bounds how many calls there are in all', async () => {
    asksFor('calculator', 'calculator');
    const { calls, body } = await chat('Twice', { enable_tools: true, max_tool_calls: 1 });
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 1 } });
    expect(calls.map(({ tool_choice }) => tool_choice === 'none')).toEqual([false, true]);
    expect(toldTo(calls[1])!.at(-1)).toContain('No more than 1 tools may be called');
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
