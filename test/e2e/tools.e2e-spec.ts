import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

let chatter: Chatter;
let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
  chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1' } });
});
afterAll(async () => {
  await chatter.close();
  await upstream.close();
});

const calling = (tool_name: string, args: object, data: object = {}) =>
  custom(node('use', 'tool', { tool_name, arguments: args }, data));

describe('The tools of the server', () => {
  it('are listed, with what they take', async () => {
    const { status, body } = await chatter.call('GET', '/api/v1/workflows/tools');
    expect(status).toBe(200);
    expect(body.tools.map(({ name, effects }: { name: string; effects: string }) => [name, effects])).toEqual([
      ['calculator', 'none'],
      ['current_time', 'read'],
      ['http', 'read'],
      ['http_send', 'write'],
      ['search_documents', 'read'],
    ]);
    expect(body).toMatchObject({ total_count: 5, next_cursor: null });
    expect(body.tools[0]).toEqual({
      name: 'calculator',
      description: expect.any(String),
      effects: 'none',
      idempotent: true,
      arguments_schema: expect.objectContaining({ type: 'object', required: ['expression'] }),
      source: '@chatter/tools-built-in',
      available: true,
    });
  });
});

describe('A node that calls a tool', () => {
  it('gives its result, and is counted', async () => {
    const { body } = await chatter.execute({
      ...calling('calculator', { expression: '{{ input.n }} * 2 + 1' }),
      input_data: { n: 20.5 },
    });
    expect(body).toMatchObject({ success: true, output: 42, metrics: { tool_calls: 1 } });
  });

  it('reads and does not write, where its tool only reads', async () => {
    const { body } = await chatter.execute(calling('current_time', { time_zone: 'Asia/Tokyo' }));
    expect(body.output).toMatchObject({ time_zone: 'Asia/Tokyo', local: expect.stringMatching(/\+09:00$/) });
    const { body: history } = await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}/events`);
    const started = history.events.find(({ type }: { type: string }) => type === 'StepStarted');
    expect(started.data).toMatchObject({ path: 'use', effects: 'read' });
  });

  it('refuses arguments that do not fit, and names the member', async () => {
    const { body } = await chatter.execute(calling('calculator', { expresion: '1' }));
    expect(body).toMatchObject({
      success: false,
      error: { code: 'tool_arguments_invalid', node_id: 'use', message: expect.stringContaining('arguments.expres') },
    });
  });

  it('calls none that the execution does not allow', async () => {
    const before = upstream.log().length;
    const { body } = await chatter.execute({
      ...calling('http_send', { url: `${upstream.url}/items`, body: { a: 1 } }),
      config: { allowed_tools: ['calculator'] },
    });
    expect(body).toMatchObject({ success: false, error: { code: 'tool_not_allowed' }, warnings: [] });
    expect(upstream.log().length).toBe(before);
  });

  it('sends the key of its step, where its tool writes', async () => {
    const { body } = await chatter.execute(calling('http_send', { url: `${upstream.url}/items`, body: { a: 1 } }));
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 1 } });
    expect(upstream.log().at(-1)).toMatchObject({ method: 'POST', key: `${body.execution_id}/use`, body: '{"a":1}' });
  });

  it('makes the calls that arrived, under the types of old graphs too', async () => {
    const calls = [
      { id: 'c1', name: 'calculator', arguments: { expression: '2 ^ 10' } },
      { id: 'c2', name: 'calculator', arguments: { expression: '1 / 4' } },
    ];
    const asked = node('asked', 'transform', { value: { tool_calls: calls } });
    const { body } = await chatter.execute(custom(asked, node('use', 'execute_tools')));
    expect(body).toMatchObject({ success: true, output: [1024, 0.25], metrics: { tool_calls: 2 } });
  });
});
