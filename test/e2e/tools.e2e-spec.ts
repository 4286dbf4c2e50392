import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';
import { callsHeard, type McpOverHttp, mcpServerFile, startMcpServer, until } from '../support/mcp/start.js';
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
    expect(body).toMatchObject({ total_count: 5, next_cursor: null, mcp_servers: [] });
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
    const args = { url: `${upstream.url}/items`, body: { a: 1 } };
    const config = { allowed_tools: ['calculator'] };
    const { body } = await chatter.execute({ ...calling('http_send', args), config });
    expect(body.error).toMatchObject({
      code: 'validation_failed',
      validation: [{ rule: 'security.tool_not_allowed' }],
    });
    const named = { ...calling('{{ input.tool }}', args), config, input_data: { tool: 'http_send' } };
    expect((await chatter.execute(named)).body).toMatchObject({ success: false, error: { code: 'tool_not_allowed' } });
    expect(upstream.log().length).toBe(before);
  });

  it('sends the key of its step, where its tool writes', async () => {
    const { body } = await chatter.execute(calling('http_send', { url: `${upstream.url}/items`, body: { a: 1 } }));
    expect(body).toMatchObject({ success: true, metrics: { tool_calls: 1 } });
    expect(upstream.log().at(-1)).toMatchObject({ method: 'POST', key: `${body.execution_id}/use`, body: '{"a":1}' });
  });

  it('is repeated under its key after a lost answer, where its tool is idempotent', async () => {
    const keys: unknown[] = [];
    const fickle = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      if (keys.length === 1) request.socket.destroy();
      else response.end('done');
    });
    await new Promise<void>((done) => fickle.listen(0, '127.0.0.1', done));
    const { port } = fickle.address() as AddressInfo;
    const { body } = await chatter.execute(calling('http_send', { url: `http://127.0.0.1:${port}/` }));
    expect(await chatter.until(body.execution_id, 'completed', 'failed', 'waiting')).toMatchObject({
      ...{ status: 'completed', output: { status: 200, body: 'done' } },
    });
    expect(keys).toEqual([`${body.execution_id}/use`, `${body.execution_id}/use`]);
    fickle.close();
  });

  it('looks into the documents of the tenant', async () => {
    await chatter.call('POST', '/api/v1/documents', { title: 'Returns', text: 'Shoes go back within thirty days.' });
    const { body } = await chatter.execute(calling('search_documents', { query: 'shoes' }));
    expect(body).toMatchObject({ success: true, output: [{ title: 'Returns' }] });
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

describe('The tools of MCP servers', () => {
  let folder: string;
  let heard: string;
  let far: McpOverHttp;
  let served: Chatter;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chatter-mcp-'));
    heard = join(folder, 'heard');
    far = await startMcpServer({ HEARD: heard });
    const servers = [
      { name: 'near', command: process.execPath, args: [mcpServerFile, 'stdio'], read_only: ['echo', 'die'] },
      { name: 'far', url: far.url, allow: ['echo', 'hang'] },
      { name: 'none', command: join(folder, 'none') },
    ];
    served = await Chatter.boot({ variables: { MCP_SERVERS: JSON.stringify(servers) } });
  });
  afterAll(async () => {
    await served.close();
    await far.kill();
    await rm(folder, { recursive: true });
  });

  const listed = async () => (await served.call('GET', '/api/v1/workflows/tools')).body;

  it('are listed beside those of plugins; a server that is away holds up nobody', async () => {
    const { tools, mcp_servers: servers } = await listed();
    const named = (name: string) => tools.find((tool: { name: string }) => tool.name === name);
    expect(named('near__echo')).toMatchObject({ source: 'mcp:near', effects: 'read', available: true });
    expect(named('near__add')).toMatchObject({ effects: 'write' });
    expect(named('far__hang')).toBeDefined();
    expect(named('far__add')).toBeUndefined();
    expect(servers).toMatchObject([
      { name: 'near', transport: 'stdio', available: true },
      { name: 'far', transport: 'http', available: true, tools: 2, problems: [] },
      { name: 'none', available: false, tools: 0 },
    ]);
    expect(JSON.stringify(servers)).not.toContain(folder);
    const { body: health } = await served.call('GET', '/health');
    expect(health.tools.mcp_servers[2]).toMatchObject({ name: 'none', error: expect.stringContaining('ENOENT') });
  });

  it('are called like any other', async () => {
    const { body } = await served.execute(calling('near__add', { a: 2, b: 3 }));
    expect(body).toMatchObject({ success: true, output: { sum: 5 }, metrics: { tool_calls: 1 } });
    const { body: refused } = await served.execute(calling('far__echo', { text: 5 }));
    expect(refused).toMatchObject({ success: false, error: { code: 'tool_arguments_invalid' } });
    const { body: unknown } = await served.execute(calling('far__add', { a: 2, b: 3 }));
    expect(unknown.error).toMatchObject({
      code: 'validation_failed',
      validation: [{ rule: 'capability.unknown_tool' }],
    });
  });

  it('are reached by their own client alone: naming a server opens its host to nobody else', async () => {
    const { body } = await served.execute(calling('http', { url: far.url }, { retry: { max_attempts: 1 } }));
    expect(body).toMatchObject({ success: false, error: { code: 'host_not_allowed' } });
  });

  it('that only read just fail when their server dies in a call', async () => {
    const { body } = await served.execute(calling('near__die', {}, { retry: { max_attempts: 1 } }));
    expect(body).toMatchObject({ status: 'failed', error: { code: 'connection_failed', retryable: true } });
    await until(async () => (await listed()).mcp_servers[0].available);
  });

  it('that write are uncertain when their server is killed in a call, and somebody is asked', async () => {
    const { body } = await served.execute(calling('far__hang', {}), { prefer: 'respond-async' });
    await until(() => callsHeard(heard).includes('hang'));
    await far.kill();
    const waiting = await served.until(body.execution_id, 'waiting', 'failed', 'completed');
    expect(waiting).toMatchObject({ status: 'waiting' });
    expect(waiting.steps.find(({ path }: { path: string }) => path === 'use')).toMatchObject({ status: 'uncertain' });
    const path = `/api/v1/workflows/executions/${body.execution_id}/steps/use/resolve`;
    await served.call('POST', path, { outcome: 'succeeded', output: 'it had been done' });
    expect(await served.until(body.execution_id, 'completed', 'failed')).toMatchObject({ output: 'it had been done' });
  });

  it('that are away stay known, and can be tried again', async () => {
    const { body } = await served.execute(calling('far__echo', { text: 'a' }));
    expect(body).toMatchObject({ success: false, error: { code: 'tool_unavailable', retryable: true } });
    const { tools } = await listed();
    expect(tools.find(({ name }: { name: string }) => name === 'far__echo')).toMatchObject({ available: false });
  });
});
