import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnthropicServer } from '../support/anthropic-server.js';
import { type AnyBody, Chatter } from '../support/chatter.js';
import { allFrames, textOf } from '../support/frames.js';
import { custom, edge, node } from '../support/graphs.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenAiServer } from '../support/openai-server.js';

const sum = { id: 'c1', name: 'calculator', arguments: { expression: '6 * 7' } };

const stepsOf = (body: AnyBody): string[] => body.steps.map(({ path }: AnyBody) => path);
const stepAt = (body: AnyBody, path: string): AnyBody => body.steps.find((step: AnyBody) => step.path === path);

describe('The local model with tools', () => {
  let chatter: Chatter;
  beforeAll(async () => void (chatter = await Chatter.boot()));
  afterAll(() => chatter.close());

  const asking = (config: object) => custom(node('ask', 'model', config));
  const run = async (body: object): Promise<AnyBody> => {
    const { body: answer } = await chatter.execute(body);
    return chatter.until(answer.execution_id, 'completed', 'failed');
  };

  it('runs to its end without a key: each turn and each call is a step', async () => {
    const body = await run(asking({ prompt: 'What is 6 * 7?', tools: ['calculator'] }));
    expect(body).toMatchObject({
      success: true,
      output: 'The tool calculator says: 42',
      metrics: { tool_calls: 1, cost: 0 },
    });
    expect(stepsOf(body)).toEqual(expect.arrayContaining(['ask', 'ask/turn[0]', 'ask/turn[0]/tool[0]', 'ask/turn[1]']));
    expect(stepsOf(body)).not.toContain('ask/turn[2]');
  });

  it('needs no tool for what asks for none', async () => {
    const body = await run(asking({ prompt: 'Hello', tools: ['calculator', 'current_time'] }));
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 0 } });
    expect(stepsOf(body)).toContain('ask/turn[0]');
    expect(stepsOf(body)).not.toContain('ask/turn[1]');
  });

  it('hears of a tool that fails, and goes on', async () => {
    const body = await run(asking({ prompt: 'calculator {"expression": "1 / 0"}', tools: ['calculator'] }));
    expect(body).toMatchObject({ success: true, output: expect.stringContaining('divides by zero') });
    expect(stepAt(body, 'ask/turn[0]/tool[0]')).toMatchObject({ status: 'failed' });
  });

  it('works in a map, over its items at once', async () => {
    const graph = {
      workflow_type: 'custom',
      nodes: [
        node('start', 'start'),
        node('each', 'map', { items: '{{ input.sums }}' }),
        node('ask', 'model', { prompt: 'What is {{ item }}?', tools: ['calculator'] }),
        node('end', 'end', { output: '{{ nodes.each.output.map(answer, answer.text) }}' }),
      ],
      edges: [
        edge('start', 'each'),
        edge('each', 'ask', 'item'),
        { ...edge('ask', 'each'), target_handle: 'back' },
        edge('each', 'end', 'done'),
      ],
      input_data: { sums: ['1 + 1', '2 * 3', '9 - 4'] },
    };
    expect(await run(graph)).toMatchObject({
      success: true,
      output: [2, 6, 5].map((result) => `The tool calculator says: ${result}`),
      metrics: { tool_calls: 3 },
    });
  });

  it('works in a loop, and each turn of each round is a step of its own', async () => {
    const graph = {
      workflow_type: 'custom',
      nodes: [
        node('start', 'start'),
        node('twice', 'loop', { max_iterations: 2 }),
        node('ask', 'model', { prompt: 'What is {{ index }} + 40?', tools: ['calculator'] }),
        node('end', 'end', { output: '{{ incoming.last.text }}' }),
      ],
      edges: [
        edge('start', 'twice'),
        edge('twice', 'ask', 'continue'),
        { ...edge('ask', 'twice'), target_handle: 'back' },
        edge('twice', 'end', 'exit'),
      ],
    };
    const body = await run(graph);
    expect(body).toMatchObject({ success: true, output: 'The tool calculator says: 41' });
    expect(stepsOf(body)).toEqual(
      expect.arrayContaining(['twice[0]/ask/turn[0]/tool[0]', 'twice[1]/ask/turn[0]/tool[0]']),
    );
  });

  it('works alone', async () => {
    const { body } = await chatter.call('POST', '/api/v1/workflows/execute/step', {
      node: node('ask', 'model', { prompt: 'What is {{ input.sum }}?', tools: ['calculator'] }),
      input_data: { sum: '6 * 7' },
    });
    const { output } = body.debug.steps.find(({ path }: AnyBody) => path === 'ask');
    expect(output).toMatchObject({
      text: 'The tool calculator says: 42',
      tool_calls: [{ name: 'calculator', arguments: { expression: '6 * 7' }, ok: true }],
    });
    const { prompt_tokens, completion_tokens } = output.usage;
    expect(prompt_tokens + completion_tokens).toBe(body.metrics.tokens_used);
  });

  it('reads what the graph has found, and remembers nothing where there is no conversation', async () => {
    const body = await run({
      ...custom(
        node('found', 'transform', { value: [{ title: 'Rules', text: 'Refunds take five days.', source: null }] }),
        node('ask', 'model', { prompt: 'How long do refunds take?', use_context: true, use_memory: true }),
      ),
    });
    expect(body).toMatchObject({ success: true, output: 'Refunds take five days. (Rules)' });
  });

  it('leaves by its error port where its turn fails', async () => {
    const graph = {
      workflow_type: 'custom',
      nodes: [
        node('start', 'start'),
        node('ask', 'model', { prompt: 'Hi', model: 'none', provider: 'local', tools: ['calculator'] }),
        node('spare', 'error_handler', { fallback_value: 'Sorry.' }),
        node('end', 'end'),
      ],
      edges: [edge('start', 'ask'), edge('ask', 'end'), edge('ask', 'spare', 'error'), edge('spare', 'end', 'handled')],
    };
    expect(await run(graph)).toMatchObject({ success: true, output: 'Sorry.' });
  });

  it('is offered all that the execution may use by *, and none that it may not', async () => {
    const graph = asking({ prompt: 'What is 6 * 7?', tools: ['*'] });
    expect(await run(graph)).toMatchObject({ output: 'The tool calculator says: 42' });
    expect(await run({ ...graph, config: { allowed_tools: ['current_time'] } })).toMatchObject({
      success: true,
      output: expect.stringContaining('no language model'),
      metrics: { tool_calls: 0 },
    });
  });
});

const protocols = [
  {
    provider: 'openai',
    model: 'gpt-4o-mini',
    start: startOpenAiServer,
    variables: (baseUrl: string) => ({ OPENAI_BASE_URL: baseUrl }),
    price: (prompt: number, completion: number) => (prompt * 150 + completion * 600) / 1e9,
  },
  {
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    start: startAnthropicServer,
    variables: (baseUrl: string) => ({ ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: 'key' }),
    price: (prompt: number, completion: number) => (prompt * 1_000 + completion * 5_000) / 1e9,
  },
];

describe.each(protocols)('A model of $provider with tools', ({ provider, model, start, variables, price }) => {
  let server: ModelServer;
  let chatter: Chatter;
  beforeAll(async () => {
    server = await start();
    chatter = await Chatter.boot({ variables: variables(server.baseUrl) });
  });
  afterAll(async () => {
    await chatter.close();
    await server.close();
  });
  afterEach(() => void server.script.splice(0));

  const asking = (config: object = {}, data: object = {}) =>
    custom(node('ask', 'model', { prompt: 'What is 6 * 7?', provider, model, tools: ['calculator'], ...config }, data));
  const run = async (body: object): Promise<AnyBody> => {
    const { body: answer } = await chatter.execute(body);
    return chatter.until(answer.execution_id, 'completed', 'failed');
  };
  const toldLast = (): string => JSON.stringify(server.calls.at(-1)?.messages);

  it('is told what its tool came to, and all turns are counted', async () => {
    server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'say', text: 'It is 42.' });
    const body = await run(asking());
    expect(body).toMatchObject({
      success: true,
      output: 'It is 42.',
      metrics: { prompt_tokens: 14, completion_tokens: 6, cost: price(14, 6), tool_calls: 1 },
    });
    expect(toldLast()).toContain('c1');
    expect(toldLast()).toContain('42');
  });

  it('is heard in each of its turns', async () => {
    server.script.push({ type: 'say', text: 'Let me see.', toolCalls: [sum] }, { type: 'say', text: 'It is 42.' });
    const answer = await chatter.fetch('POST', '/api/v1/workflows/execute', {
      ...asking(),
      config: { streaming: true, stream_events: true },
    });
    const frames = await allFrames(answer);
    expect(textOf(frames, 'ask/turn[0]')).toBe('Let me see.');
    expect(textOf(frames, 'ask/turn[1]')).toBe('It is 42.');
    expect(frames.at(-1)).toMatchObject({ type: 'completion', result: { output: 'It is 42.' } });
  });

  it('that asks for what is not offered is told so, and nothing is called', async () => {
    const other = { id: 'c2', name: 'http_send', arguments: { url: 'http://127.0.0.1:1/' } };
    server.script.push({ type: 'say', text: '', toolCalls: [other] }, { type: 'say', text: 'Then not.' });
    const body = await run(asking());
    expect(body).toMatchObject({ success: true, output: 'Then not.', metrics: { tool_calls: 0 } });
    expect(toldLast()).toContain('no tool');
  });

  it('that gives arguments of the wrong shape is told so', async () => {
    const wrong = { ...sum, arguments: { sum: 1 } };
    server.script.push({ type: 'say', text: '', toolCalls: [wrong] }, { type: 'say', text: 'Sorry.' });
    expect(await run(asking())).toMatchObject({ success: true, output: 'Sorry.' });
    expect(toldLast()).toContain('tool_arguments_invalid');
  });

  it('that asks for ever comes to an end', async () => {
    for (let turn = 0; turn < 10; turn++) server.script.push({ type: 'say', text: '', toolCalls: [sum] });
    const before = server.calls.length;
    const body = await run(asking({ max_tool_calls: 2 }));
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 2 } });
    expect(server.calls.length - before).toBe(4);
    expect(JSON.stringify(server.calls.at(-1)?.['tool_choice'])).toContain('none');
  });

  it('that is busy in the middle is asked that turn again, and no other', async () => {
    server.script.push(
      { type: 'say', text: '', toolCalls: [sum] },
      { type: 'refuse', status: 429, headers: { 'retry-after-ms': '5' } },
      { type: 'say', text: 'It is 42.' },
    );
    const body = await run(asking({}, { retry: { max_attempts: 3, backoff_ms: 1 } }));
    expect(body).toMatchObject({ success: true, output: 'It is 42.', metrics: { tool_calls: 1 } });
    expect(stepAt(body, 'ask/turn[0]')).toMatchObject({ attempt: 1 });
    expect(stepAt(body, 'ask/turn[1]')).toMatchObject({ attempt: 2 });
  });

  it('gives data at the end', async () => {
    const response_schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
    server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'say', text: '{"n": 42}' });
    const graph = custom(
      node('ask', 'model', { prompt: 'Hi', provider, model, tools: ['calculator'], response_schema }),
      node('data', 'transform', { value: '{{ incoming.data.n }}' }),
    );
    expect(await run(graph)).toMatchObject({ success: true, output: 42 });
  });

  it('is shown a large image in each turn', async () => {
    const data = Buffer.alloc(96 * 1024, 7).toString('base64');
    server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'say', text: 'Seen.' });
    const graph = asking({ images: [{ data: '{{ input.picture }}', mime: 'image/png' }] });
    const body = await run({ ...graph, input_data: { picture: data } });
    expect(body).toMatchObject({ success: true, output: 'Seen.' });
    expect(toldLast()).toContain(data);
    const { body: history } = await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}/events`);
    expect(history.events.length).toBeGreaterThan(5);
    expect(JSON.stringify(history.events)).not.toContain(data);
  });

  it('is given up when the run is cancelled in the middle of a turn', async () => {
    const heard = new Promise<void>((done) => {
      server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'hang', heard: done });
    });
    const { body } = await chatter.execute(asking(), { prefer: 'respond-async' });
    await heard;
    await chatter.call('POST', `/api/v1/workflows/executions/${body.execution_id}/cancel`, {});
    const ended = await chatter.until(body.execution_id, 'cancelled', 'completed', 'failed');
    expect(ended.status).toBe('cancelled');
    expect(stepAt(ended, 'ask/turn[1]')).toMatchObject({ status: 'cancelled' });
    expect(stepAt(ended, 'ask/turn[0]/tool[0]')).toMatchObject({ status: 'succeeded' });
  });

  it('is stopped before the turn that would go beyond the budget', async () => {
    server.script.push({ type: 'say', text: '', toolCalls: [sum] });
    const before = server.calls.length;
    const limits = { max_total_tokens: 190 };
    const body = await run({ ...asking({ max_tokens: 50 }), config: { limits } });
    expect(body).toMatchObject({ success: false, error: { code: 'max_total_tokens' } });
    expect(server.calls.length - before).toBe(1);
  });
});

describe('A model with tools', () => {
  it('goes on after a restart with the turn that was under way, and asks no other again', async () => {
    const server = await startOpenAiServer();
    const chatter = await Chatter.boot({ variables: { OPENAI_BASE_URL: server.baseUrl } });
    const graph = custom(
      node('ask', 'model', { prompt: 'What is 6 * 7?', provider: 'openai', model: 'm', tools: ['calculator'] }),
    );
    const heard = new Promise<void>((done) => {
      server.script.push({ type: 'say', text: '', toolCalls: [sum] }, { type: 'hang', heard: done });
    });
    const { body: begun } = await chatter.execute(graph, { prefer: 'respond-async' });
    await heard;
    server.script.push({ type: 'say', text: 'It is 42.' });
    await chatter.restart();
    const body = await chatter.until(begun.execution_id, 'completed', 'failed');
    expect(body).toMatchObject({ success: true, output: 'It is 42.', metrics: { tool_calls: 1 } });
    expect(server.calls).toHaveLength(3);
    await chatter.close();
    await server.close();
  }, 30_000);
});
