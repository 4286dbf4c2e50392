import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { allFrames, textOf } from '../support/frames.js';
import { line, node } from '../support/graphs.js';
import { startOpenAiServer, type ChatCall, type OpenAiServer } from '../support/openai-server.js';

let server: OpenAiServer;
let chatter: Chatter;
beforeAll(async () => {
  server = await startOpenAiServer();
  chatter = await Chatter.boot({ variables: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test' } });
});
afterAll(async () => {
  await chatter.close();
  await server.close();
});

const at = '/api/v1/conversations';
const model = { provider: 'openai', model: 'test-model' };
const say = (message: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
  const { config, ...rest } = more as { config?: object };
  return chatter.execute({ workflow_type: 'chat', message, config: { ...model, ...config }, ...rest }, headers);
};
const remembering = { config: { enable_memory: true } };
const messagesOf = async (id: string) => {
  const { body } = await chatter.call('GET', `${at}/${id}/messages`);
  return body.messages as { id: string; role: string; content: string; answer: string | null; execution_id: string }[];
};
const said = async (id: string) => (await messagesOf(id)).map(({ role, content }) => `${role}: ${content}`);
const toldTo = (call: ChatCall | undefined) => call?.messages.map(({ role, content }) => `${role}: ${content}`);
const signal = () => {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
};

describe('A chat message', () => {
  it('begins a conversation, is answered, and both stand in it', async () => {
    server.script.push({ type: 'say', text: 'Good day!' });
    const { status, body } = await say('Hello there, my friend');
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, output: 'Good day!', workflow_type: 'chat', warnings: [] });
    expect(body.input_data).toMatchObject({ message: 'Hello there, my friend', query: 'Hello there, my friend' });

    const id = body.metadata.conversation_id;
    expect(id).toMatch(/^conv_/);
    expect(await messagesOf(id)).toEqual([
      {
        id: expect.stringMatching(/^msg_/),
        role: 'user',
        content: 'Hello there, my friend',
        execution_id: body.execution_id,
        created_at: expect.any(String),
        answer: 'answered',
        error: null,
      },
      {
        id: expect.stringMatching(/^msg_/),
        role: 'assistant',
        content: 'Good day!',
        execution_id: body.execution_id,
        created_at: expect.any(String),
        answer: null,
        error: null,
      },
    ]);
    const { body: list } = await chatter.call('GET', at);
    const listed = { id, title: 'Hello there, my friend', message_count: 2, unanswered: 0 };
    expect(list.conversations[0]).toMatchObject(listed);
    expect((await chatter.call('GET', `${at}/${id}`)).body).toMatchObject(listed);
  });

  it('is told together with what was said before, where there is memory', async () => {
    server.script.push({ type: 'say', text: 'Noted.' });
    const first = await say('I am Ada.', remembering);
    const { conversation_id } = first.body.metadata;
    const second = await say('Who am I?', { conversation_id, ...remembering });
    expect(second.body).toMatchObject({ success: true });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: I am Ada.', 'assistant: Noted.', 'user: Who am I?']);
    await say('And now?', { conversation_id });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: And now?']);
  });

  it('that is sent while another is on its way waits for that one’s answer', async () => {
    const [heard, go] = [signal(), signal()];
    const { body } = await say('Zero', remembering);
    const { conversation_id } = body.metadata;
    server.script.push(
      { type: 'say', text: 'Answer one.', heard: heard.give, after: go.given },
      { type: 'say', text: 'Answer two.' },
    );
    const first = say('One', { conversation_id, ...remembering });
    await heard.given;
    const before = server.calls.length;
    const second = say('Two', { conversation_id, ...remembering });
    while ((await messagesOf(conversation_id)).length < 4) await new Promise((done) => setTimeout(done, 10));
    expect(server.calls.length).toBe(before);
    go.give();
    expect((await first).body.output).toBe('Answer one.');
    expect((await second).body.output).toBe('Answer two.');
    expect(toldTo(server.calls.at(-1))).toEqual([
      'user: Zero',
      'assistant: Hello there.',
      'user: One',
      'assistant: Answer one.',
      'user: Two',
    ]);
    expect((await said(conversation_id)).slice(2)).toEqual([
      'user: One',
      'assistant: Answer one.',
      'user: Two',
      'assistant: Answer two.',
    ]);
  });

  it('goes on behind one that has failed', async () => {
    server.script.push({ type: 'refuse', status: 401 });
    const { body } = await say('One', remembering);
    const { conversation_id } = body.metadata;
    expect(body).toMatchObject({ success: false });
    expect(await messagesOf(conversation_id)).toMatchObject([
      { role: 'user', answer: 'failed', error: { code: body.error.code, message: expect.any(String) } },
    ]);
    expect((await say('Two', { conversation_id, ...remembering })).body).toMatchObject({ success: true });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: One', 'user: Two']);
  });

  it('that has failed is answered by a further try', async () => {
    server.script.push({ type: 'refuse', status: 401 });
    const { body } = await say('Please', remembering);
    const { conversation_id } = body.metadata;
    const again = await chatter.call('POST', `/api/v1/workflows/executions/${body.execution_id}/retry`, {
      from: 'failed',
    });
    expect(again.status).toBe(202);
    await chatter.until(again.body.execution_id, 'completed', 'failed');
    expect(await messagesOf(conversation_id)).toMatchObject([
      { role: 'user', answer: 'answered', error: null, execution_id: again.body.execution_id },
      { role: 'assistant', content: 'Hello there.', execution_id: again.body.execution_id },
    ]);
  });

  it('is stored with the answer that was streamed', async () => {
    server.script.push({ type: 'say', text: 'Word by word.' });
    const answer = await chatter.fetch('POST', '/api/v1/workflows/execute', {
      workflow_type: 'chat',
      input_data: { message: 'Stream, please' },
      config: { ...model, streaming: true },
    });
    const frames = await allFrames(answer);
    expect(textOf(frames, 'model')).toBe('Word by word.');
    const { result } = frames.at(-1) as { result?: { metadata: { conversation_id: string } } } & object;
    expect(await said(result!.metadata.conversation_id)).toEqual(['user: Stream, please', 'assistant: Word by word.']);
  });

  it('is taken once for one Idempotency-Key', async () => {
    const once = { 'idempotency-key': 'chat-once' };
    const [first, again] = [await say('Once', {}, once), await say('Once', {}, once)];
    expect(again.body.execution_id).toBe(first.body.execution_id);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await said(first.body.metadata.conversation_id)).toHaveLength(2);
  });

  it.each([
    ['nothing', {}],
    ['an empty text', { message: '' }],
    ['no text', { input_data: { message: 5 } }],
  ])('is refused where it is %s', async (_, body) => {
    const answer = await chatter.execute({ workflow_type: 'chat', ...body });
    expect([answer.status, answer.body.errors[0].path]).toEqual([400, '/message']);
  });
});

describe('A conversation', () => {
  it('goes on after a restart, with all that was said', async () => {
    const { body } = await say('Before', remembering);
    const { conversation_id } = body.metadata;
    await chatter.restart();
    await say('After', { conversation_id, ...remembering });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: Before', 'assistant: Hello there.', 'user: After']);
    expect(await said(conversation_id)).toHaveLength(4);
  });

  it('goes on with a message that a restart has interrupted, and the next one waits for it', async () => {
    const heard = signal();
    const { body } = await say('Zero', remembering);
    const { conversation_id } = body.metadata;
    server.script.push({ type: 'hang', heard: heard.give }, { type: 'say', text: 'Answer one.' });
    const first = await say('One', { conversation_id, ...remembering }, { prefer: 'respond-async' });
    await heard.given;
    await chatter.restart();
    await say('Two', { conversation_id, ...remembering });
    expect(await chatter.until(first.body.execution_id, 'completed', 'failed')).toMatchObject({
      output: 'Answer one.',
    });
    expect(toldTo(server.calls.at(-1))).toEqual([
      'user: Zero',
      'assistant: Hello there.',
      'user: One',
      'assistant: Answer one.',
      'user: Two',
    ]);
    expect(await said(conversation_id)).toHaveLength(6);
  });

  it('is not there for anybody else', async () => {
    const { body } = await say('Between us');
    const { conversation_id } = body.metadata;
    const bob = { authorization: `Bearer ${await chatter.keyOf('bob@localhost')}` };
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/messages'],
      ['DELETE', ''],
    ] as const) {
      const answer = await chatter.call(method, `${at}/${conversation_id}${path}`, undefined, bob);
      expect([answer.status, answer.body.code]).toEqual([404, 'conversation_not_found']);
    }
    const intruding = await chatter.execute({ workflow_type: 'chat', message: 'Hi', conversation_id }, bob);
    expect([intruding.status, intruding.body.code]).toEqual([404, 'conversation_not_found']);
    expect((await chatter.call('GET', at, undefined, bob)).body).toMatchObject({ conversations: [], total_count: 0 });
    expect(await said(conversation_id)).toHaveLength(2);
  });

  it.each(['conv_00000000-0000-4000-8000-000000000000', 'conv_x', 'wf_1'])(
    'that is unknown is a 404: %s',
    async (id) => {
      expect((await chatter.call('GET', `${at}/${id}/messages`)).body.code).toBe('conversation_not_found');
      const { status, body } = await chatter.execute({ workflow_type: 'chat', message: 'Hi', conversation_id: id });
      expect([status, body.code]).toEqual([404, 'conversation_not_found']);
    },
  );

  it('that was deleted is gone, and takes no message', async () => {
    const { body } = await say('Forget this');
    const { conversation_id } = body.metadata;
    const deleted = await chatter.call('DELETE', `${at}/${conversation_id}`);
    expect([deleted.status, deleted.headers.get('x-chatter-position')]).toEqual([204, expect.any(String)]);
    expect((await chatter.call('GET', `${at}/${conversation_id}`)).status).toBe(404);
    expect((await say('Again', { conversation_id })).body.code).toBe('conversation_not_found');
    const { body: list } = await chatter.call('GET', `${at}?limit=200`);
    expect(JSON.stringify(list)).not.toContain(conversation_id);
  });

  it('is read by the page', async () => {
    const { body } = await say('One');
    const { conversation_id } = body.metadata;
    await say('Two', { conversation_id });
    const page = `${at}/${conversation_id}/messages?limit=3`;
    const first = (await chatter.call('GET', page)).body;
    expect([first.messages.length, first.total_count]).toEqual([3, 4]);
    const rest = (await chatter.call('GET', `${page}&cursor=${first.next_cursor}`)).body;
    expect(rest).toMatchObject({ messages: [{ role: 'assistant' }], next_cursor: null });
    expect((await chatter.call('GET', `${page}&cursor=abc`)).body.code).toBe('invalid_cursor');
  });

  it('of a question is found by its text', async () => {
    await say('Where do penguins live?');
    const { body } = await chatter.call('GET', `${at}?text=PENGUINS&sort=-created_at`);
    expect(body).toMatchObject({ conversations: [{ title: 'Where do penguins live?' }], total_count: 1 });
  });
});

describe('A workflow of one’s own', () => {
  const lines = line(
    node('memory', 'memory', { memory_window: 4 }),
    node('ask', 'model', { ...model, messages: '{{ nodes.memory.output.messages }}', prompt: '{{ input.q }}' }),
    node('keep', 'memory', {
      operation: 'store',
      messages: [
        { role: 'user', content: '{{ input.q }}' },
        { role: 'assistant', content: '{{ nodes.ask.output.text }}' },
      ],
    }),
  );
  const run = (more: object) =>
    chatter.execute({ workflow_type: 'custom', ...lines, input_data: { q: 'Why?' }, ...more });

  it('remembers the conversation that it is named, and stores in it', async () => {
    const { conversation_id } = (await say('I am Ada.')).body.metadata;
    const { body } = await run({ conversation_id });
    expect(body).toMatchObject({ success: true, warnings: [], metadata: { conversation_id } });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: I am Ada.', 'assistant: Hello there.', 'user: Why?']);
    expect(await said(conversation_id)).toEqual([
      'user: I am Ada.',
      'assistant: Hello there.',
      'user: Why?',
      'assistant: Hello there.',
    ]);
    const { body: list } = await chatter.call('GET', at);
    expect(list.conversations[0]).toMatchObject({ id: conversation_id, message_count: 4, unanswered: 0 });
  });

  it('has no memory without one, and nowhere to store', async () => {
    const { body } = await run({});
    expect(toldTo(server.calls.at(-1))).toEqual(['user: Why?']);
    expect(body).toMatchObject({ success: false, error: { code: 'no_conversation', node_id: 'keep' } });
  });

  it('finds no conversation that is not the caller’s', async () => {
    const { status, body } = await run({ conversation_id: 'conv_00000000-0000-4000-8000-000000000000' });
    expect([status, body.code]).toEqual([404, 'conversation_not_found']);
  });
});

describe('The old chat routes', () => {
  const isOld = (headers: Headers) => {
    expect(headers.get('deprecation')).toMatch(/^@\d+$/);
    expect(Date.parse(headers.get('sunset') ?? '')).not.toBeNaN();
    expect(headers.get('link')).toBe('</api/v1/workflows/execute>; rel="successor-version"');
  };
  const old = { message: 'Hi', ...model };

  it('answer in the form of today, with memory, as they always did', async () => {
    const { status, headers, body } = await chatter.call('POST', '/api/v1/workflows/execute/chat', old);
    expect([status, body.success, body.output]).toEqual([200, true, 'Hello there.']);
    isOld(headers);
    const { conversation_id } = body.metadata;
    await chatter.call('POST', '/api/v1/workflows/execute/chat', { ...old, message: 'And?', conversation_id });
    expect(toldTo(server.calls.at(-1))).toEqual(['user: Hi', 'assistant: Hello there.', 'user: And?']);
  });

  it('stream in the form of today', async () => {
    const answer = await chatter.fetch('POST', '/api/v1/workflows/execute/chat/streaming', old);
    isOld(answer.headers);
    const frames = await allFrames(answer);
    expect(textOf(frames, 'model')).toBe('Hello there.');
    expect(frames.at(-1)).toMatchObject({ type: 'completion', result: { success: true, output: 'Hello there.' } });
  });
});
