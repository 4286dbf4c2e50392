import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnthropicServer } from '../support/anthropic-server.js';
import { type AnyBody, Chatter } from '../support/chatter.js';
import { allFrames, textOf } from '../support/frames.js';
import { custom, edge, line, node } from '../support/graphs.js';
import type { ModelServer } from '../support/model-server.js';
import { startOpenAiServer } from '../support/openai-server.js';

const secret = 'sk-test-0123456789abcdef0123456789abcdef';

const protocols = [
  {
    provider: 'openai',
    model: 'gpt-4o-mini',
    start: startOpenAiServer,
    variables: (baseUrl: string) => ({ OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: secret }),
    price: (prompt: number, completion: number) => (prompt * 150 + completion * 600) / 1e9,
  },
  {
    provider: 'anthropic',
    model: 'claude-haiku-4-5',
    start: startAnthropicServer,
    variables: (baseUrl: string) => ({ ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: secret }),
    price: (prompt: number, completion: number) => (prompt * 1_000 + completion * 5_000) / 1e9,
  },
];

describe.each(protocols)('A model of $provider', ({ provider, model, start, variables, price }) => {
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

  const asking = (config: object = {}, data: object = {}) =>
    custom(node('ask', 'model', { prompt: 'Hi', provider, model, ...config }, data));
  const eventsOf = async (id: string): Promise<AnyBody[]> =>
    (await chatter.call('GET', `/api/v1/workflows/executions/${id}/events`)).body.events;
  const stepOf = async (id: string, path: string): Promise<AnyBody> => {
    const { body } = await chatter.call('GET', `/api/v1/workflows/executions/${id}`);
    return body.steps.find((step: AnyBody) => step.path === path);
  };
  const lastCall = () => JSON.stringify(server.calls.at(-1));

  it('answers, and what it used is counted and priced by the table', async () => {
    const { body } = await chatter.execute(asking());
    expect(body).toMatchObject({
      success: true,
      output: 'Hello there.',
      metrics: { prompt_tokens: 7, completion_tokens: 3, tokens_used: 10, cost: price(7, 3) },
    });
  });

  it('is heard while it speaks', async () => {
    const answer = await chatter.fetch('POST', '/api/v1/workflows/execute', {
      ...asking(),
      config: { streaming: true, stream_events: true },
    });
    const frames = await allFrames(answer);
    expect(textOf(frames, 'ask')).toBe('Hello there.');
    expect(frames.at(-1)).toMatchObject({ type: 'completion', result: { success: true, output: 'Hello there.' } });
  });

  it('asks for a tool that is not run here: that leaves by a port of its own', async () => {
    const call = { id: 'c1', name: 'anything', arguments: { a: 1 } };
    server.script.push({ type: 'say', text: '', toolCalls: [call] });
    const { nodes, edges } = line(node('ask', 'model', { prompt: 'Hi', provider, model, run_tools: false }));
    const graph = {
      workflow_type: 'custom',
      nodes: [...nodes, node('called', 'end', { output: '{{ nodes.ask.output.tool_calls }}' })],
      edges: [...edges, edge('ask', 'called', 'tool_calls')],
    };
    expect((await chatter.execute(graph)).body).toMatchObject({ success: true, output: [call] });
    expect((await chatter.execute(graph)).body).toMatchObject({ success: true, output: 'Hello there.' });
  });

  it('that is busy is asked again after the rest that it asked for', async () => {
    server.script.push({ type: 'refuse', status: 429, headers: { 'retry-after-ms': '20' } });
    const { body } = await chatter.execute(asking({}, { retry: { max_attempts: 2, backoff_ms: 1, jitter: 0 } }));
    const ended = await chatter.until(body.execution_id, 'completed', 'failed');
    expect(ended).toMatchObject({ success: true, output: 'Hello there.' });
    const events = await eventsOf(body.execution_id);
    expect(events.find(({ type }) => type === 'StepFailed')?.data).toMatchObject({
      failure: { code: 'model_rate_limited', retryable: true, retry_after_ms: 20 },
    });
  });

  describe('asked for data', () => {
    const response_schema = {
      type: 'object',
      properties: { n: { type: 'number' } },
      required: ['n'],
      additionalProperties: false,
    };
    const graph = () =>
      custom(
        node('ask', 'model', { prompt: 'Hi', provider, model, response_schema }),
        node('data', 'transform', { value: '{{ incoming.data }}' }),
      );

    it('mends what does not fit, once, and both calls are counted', async () => {
      server.script.push({ type: 'say', text: '{"n": "three"}' }, { type: 'say', text: '{"n": 3}' });
      const { body } = await chatter.execute(graph());
      expect(body).toMatchObject({
        success: true,
        output: { n: 3 },
        metrics: { prompt_tokens: 14, completion_tokens: 6, cost: price(14, 6) },
      });
    });

    it('fails where it still does not fit, and is not asked a third time', async () => {
      const before = server.calls.length;
      server.script.push({ type: 'say', text: 'three' }, { type: 'say', text: 'four' });
      const { body } = await chatter.execute(graph());
      expect(body).toMatchObject({ success: false, error: { code: 'model_answer_invalid', node_id: 'ask' } });
      expect(server.calls.length - before).toBe(2);
    });
  });

  it('is shown images, and a large one is kept beside the log', async () => {
    const data = Buffer.alloc(96 * 1024, 7).toString('base64');
    const { body } = await chatter.execute({
      ...asking({ images: [{ data: '{{ input.picture }}', mime: 'image/png' }] }),
      input_data: { picture: data },
    });
    expect(body).toMatchObject({ success: true, output: 'Hello there.' });
    expect(lastCall()).toContain(data);
    const events = await eventsOf(body.execution_id);
    const started = events.find((event) => event.type === 'StepStarted' && event.data.path === 'ask');
    expect(started?.data.config).toMatchObject({ $ref: { mime: 'application/json' } });
  });

  it('is not asked where that would go beyond the budget', async () => {
    const before = server.calls.length;
    const tokens = await chatter.execute({ ...asking(), config: { limits: { max_total_tokens: 100 } } });
    expect(tokens.body).toMatchObject({ success: false, error: { code: 'max_total_tokens' } });
    const money = await chatter.execute({ ...asking(), config: { limits: { max_cost: 0.000_001 } } });
    expect(money.body).toMatchObject({ success: false, error: { code: 'max_cost' } });
    expect(server.calls.length).toBe(before);
    const enough = { limits: { max_total_tokens: 100, max_cost: 1 } };
    expect((await chatter.execute({ ...asking({ max_tokens: 50 }), config: enough })).body.success).toBe(true);
  });

  it('keeps its key to itself', async () => {
    const { body } = await chatter.execute({ ...asking(), config: { debug_mode: true } });
    const { body: models } = await chatter.call('GET', '/api/v1/workflows/models');
    const step = await stepOf(body.execution_id, 'ask');
    expect(JSON.stringify([body, await eventsOf(body.execution_id), models, step])).not.toContain(secret);
  });
});

describe('The list of models', () => {
  it('holds those of Anthropic where there is a key for them, and no others', async () => {
    const server = await startAnthropicServer();
    const chatter = await Chatter.boot({ variables: protocols[1]!.variables(server.baseUrl) });
    const { body } = await chatter.call('GET', '/api/v1/workflows/models');
    const providers = new Set(body.models.map((model: AnyBody) => model.provider));
    expect([...providers].toSorted()).toEqual(['anthropic', 'local']);
    await chatter.close();
    await server.close();
  });
});
