import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { allFrames, textOf } from '../support/frames.js';
import { custom, node } from '../support/graphs.js';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.js';

const secret = 'sk-test-0123456789abcdef0123456789abcdef';

let server: OpenAiServer;
let chatter: Chatter;
beforeAll(async () => {
  server = await startOpenAiServer();
  chatter = await Chatter.boot({ variables: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: secret } });
});
afterAll(async () => {
  await chatter.close();
  await server.close();
});

const remote = { provider: 'openai', model: 'test-model' };
const ask = (data: object = {}, config: object = {}) =>
  custom(node('ask', 'model', { prompt: '{{ input.query }}', ...remote, ...config }, data));
const stream = async (body: object) => {
  const answer = await chatter.fetch('POST', '/api/v1/workflows/execute', {
    ...body,
    input_data: { query: 'Hi' },
    config: { streaming: true, stream_events: true },
  });
  return { id: answer.headers.get('x-execution-id')!, frames: await allFrames(answer) };
};

describe('A model behind a server', () => {
  it('is asked what the node says, and what it used is counted', async () => {
    const { body } = await chatter.execute({
      ...ask({}, { system_message: 'Be brief.' }),
      input_data: { query: 'Hi' },
    });
    expect(body).toMatchObject({
      success: true,
      output: 'Hello there.',
      metrics: { prompt_tokens: 7, completion_tokens: 3, tokens_used: 10 },
    });
    expect(server.calls.at(-1)).toMatchObject({
      model: 'test-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    });
    expect(server.headers.at(-1)!.authorization).toBe(`Bearer ${secret}`);
  });

  it('is not asked by who has named no model: a key alone changes nothing', async () => {
    const before = server.calls.length;
    const { body } = await chatter.execute({ ...custom(node('ask', 'model', { prompt: 'Hi' })), input_data: {} });
    expect(body.success).toBe(true);
    expect(server.calls.length).toBe(before);
  });

  it('is chosen by the execution for nodes that choose none', async () => {
    const before = server.calls.length;
    const { body } = await chatter.execute({
      ...custom(node('ask', 'model', { prompt: 'Hi' })),
      config: { ...remote, temperature: 0.5, max_tokens: 9 },
    });
    expect(body.output).toBe('Hello there.');
    expect(server.calls.slice(before)).toEqual([
      expect.objectContaining({ model: 'test-model', temperature: 0.5, max_tokens: 9 }),
    ]);
  });

  it('that breaks off in the middle is asked again, and the text of the new attempt takes the place of the old', async () => {
    server.script.push({ type: 'cut', text: 'Half of a wrong ans' }, { type: 'say', text: 'The whole right answer.' });
    const { id, frames } = await stream(ask({ retry: { max_attempts: 3, backoff_ms: 1 } }));
    expect(frames.at(-1)).toMatchObject({
      type: 'completion',
      result: { success: true, output: 'The whole right answer.' },
    });
    expect(textOf(frames, 'ask')).toBe('The whole right answer.');
    expect(frames.filter(({ type }) => type === 'token').map(({ attempt }) => attempt)).toEqual(
      expect.arrayContaining([1, 2]),
    );
    const { body } = await chatter.call('GET', `/api/v1/workflows/executions/${id}`);
    expect(body.steps.find(({ node_id }: { node_id: string }) => node_id === 'ask')).toMatchObject({
      attempt: 2,
      status: 'succeeded',
    });
  });

  it('that is busy is asked again; one that refuses is not', async () => {
    server.script.push({ type: 'refuse', status: 503 });
    const busy = await chatter.execute({
      ...ask({ retry: { max_attempts: 2, backoff_ms: 1 } }),
      input_data: { query: 'Hi' },
    });
    const ended = await chatter.until(busy.body.execution_id, 'completed', 'failed');
    expect(ended).toMatchObject({ success: true, output: 'Hello there.' });

    const before = server.calls.length;
    server.script.push({ type: 'refuse', status: 401 });
    const { body } = await chatter.execute({
      ...ask({ retry: { max_attempts: 3, backoff_ms: 1 } }),
      input_data: { query: 'Hi' },
    });
    expect(body).toMatchObject({ success: false, error: { node_id: 'ask', retryable: false } });
    expect(server.calls.length).toBe(before + 1);
  });

  it('that never answers is given up when the run is cancelled', async () => {
    const heard = new Promise<void>((done) => server.script.push({ type: 'hang', heard: done }));
    const { status, body } = await chatter.execute(
      { ...ask(), input_data: { query: 'Hi' } },
      { prefer: 'respond-async' },
    );
    expect(status).toBe(202);
    await heard;
    await chatter.call('POST', `/api/v1/workflows/executions/${body.execution_id}/cancel`, { reason: 'Too slow' });
    expect(await chatter.until(body.execution_id, 'cancelled', 'completed', 'failed')).toMatchObject({
      status: 'cancelled',
      success: false,
    });
  });

  it('keeps its key to itself: in no event, no result and no list', async () => {
    const { body } = await chatter.execute({ ...ask(), input_data: { query: 'Hi' }, config: { debug_mode: true } });
    const { body: history } = await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}/events`);
    const { body: models } = await chatter.call('GET', '/api/v1/workflows/models');
    expect(models.models.length).toBeGreaterThan(0);
    expect(JSON.stringify([body, history, models])).not.toContain(secret);
  });
});
