import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import {
  callsHeard,
  type McpOverHttp,
  mcpServerFile,
  startMcpServer,
  until,
} from '../../../../test/support/mcp/start.js';
import { EgressClient } from '../../http/egress-client.js';
import { nodeOf, stepOf, unreachable } from '../../runner/testing/step.js';
import { ToolRegistry } from '../tool-registry.js';
import type { McpServerConfig } from './mcp-config.js';
import { McpServer, type McpServerOptions, type McpServerStatus } from './mcp-server.js';
import { McpServers } from './mcp-servers.js';

const folder = mkdtempSync(join(tmpdir(), 'mcp-'));
const heard = join(folder, 'heard');
const egress = new EgressClient({ allow: [] });
afterAll(async () => {
  await egress.close();
  rmSync(folder, { recursive: true });
});

const opened: McpServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

const anyTool = { allow: null, readOnly: [] };
const overStdio = (more: Partial<Extract<McpServerConfig, { command: string }>> = {}): McpServerConfig => ({
  ...{ ...anyTool, name: 'files', command: process.execPath, args: [mcpServerFile, 'stdio'], env: { HEARD: heard } },
  ...more,
});
const overHttp = (url: string, more: Partial<Extract<McpServerConfig, { url: string }>> = {}): McpServerConfig => ({
  ...{ ...anyTool, name: 'far', url, headers: {} },
  ...more,
});

async function serverOf(config: McpServerConfig, options: Partial<McpServerOptions> = {}): Promise<McpServer> {
  const server = new McpServer(config, { egress, backoff: { firstMs: 10, mostMs: 50 }, ...options });
  opened.push(server);
  await server.connect();
  return server;
}

const callOf =
  (server: McpServer, changes: object = {}) =>
  (name: string, args: JsonObject = {}): Promise<JsonValue> => {
    const registry = new ToolRegistry({ tools: [], sources: [server] });
    const step = stepOf(
      nodeOf(({ to }) => to('out', null), 'write'),
      changes,
    );
    return registry.clientFor(step, { http: unreachable, models: unreachable }).call(name, args);
  };

/** A port of loopback at which nobody listens. */
const freePort = (): Promise<number> =>
  new Promise((done) => {
    const listener = createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address() as { port: number };
      listener.close(() => done(port));
    });
  });

let sse: McpOverHttp;
let json: McpOverHttp;
beforeAll(async () => {
  sse = await startMcpServer({ HEARD: heard, TOKEN: 't0ken' });
  json = await startMcpServer({ HEARD: heard }, 'json');
});
afterAll(() => Promise.all([sse.kill(), json.kill()]));

describe.each([
  ['over stdio', () => overStdio(), 'files', 'stdio'],
  ['over HTTP, streamed', () => overHttp(sse.url, { headers: { authorization: 'Bearer t0ken' } }), 'far', 'http'],
  ['over HTTP, at once', () => overHttp(json.url), 'far', 'http'],
] as const)('an MCP server %s', (_how, config, name, transport) => {
  it('lists its tools under its name, page by page, as tools that write', async () => {
    const server = await serverOf(config());
    const tools = server.tools();
    expect(tools.map((tool) => tool.name)).toEqual(expect.arrayContaining([`${name}__echo`, `${name}__grow`]));
    expect(tools.find((tool) => tool.name === `${name}__echo`)).toMatchObject({
      description: 'Says it again.',
      effects: 'write',
      idempotent: false,
      source: `mcp:${name}`,
      available: true,
      argumentsSchema: { type: 'object', properties: { text: { type: 'string', maxLength: 100 } }, required: ['text'] },
    });
    expect(server.status()).toEqual({
      ...{ name, transport, available: true, tools: tools.length, error: null },
      problems: ['"bad name" is left out: its name is not of letters, digits, "_" and "-".'],
    });
  });

  it('is called, and its answers are results', async () => {
    const call = callOf(await serverOf(config()));
    expect(await call(`${name}__echo`, { text: 'there' })).toBe('there');
    expect(await call(`${name}__add`, { a: 1, b: 2 })).toEqual({ sum: 3 });
    expect(await call(`${name}__parts`)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'image', data: 'AA==', mimeType: 'image/png' },
    ]);
    expect(JSON.parse(String(await call(`${name}__key`)))).toEqual({ 'chatter/idempotency_key': 'exec_1/loop[0]/n' });
  });

  it('is told of arguments only when they fit, and its patterns keep nobody busy', async () => {
    const call = callOf(await serverOf(config()));
    const before = callsHeard(heard).length;
    await expect(call(`${name}__echo`, { text: 5 })).rejects.toMatchObject({
      code: 'tool_arguments_invalid',
      message: `${name}__echo: arguments.text is a number, but has to be a string.`,
    });
    await expect(call(`${name}__echo`, { text: 'x'.repeat(101) })).rejects.toMatchObject({
      code: 'tool_arguments_invalid',
    });
    expect(callsHeard(heard).length).toBe(before);
    const bomb = `${'a'.repeat(60)}!`;
    expect(await call(`${name}__grep`, { pattern: bomb })).toBe(bomb);
  });

  it('fails as it says, and everybody knows the outcome then', async () => {
    const call = callOf(await serverOf(config()));
    const known = { retryable: false, uncertain: false };
    await expect(call(`${name}__fail`)).rejects.toMatchObject({
      ...{ ...known, code: 'tool_failed' },
      message: `The tool "${name}__fail" failed: No such file.`,
    });
    await expect(call(`${name}__refuse`)).rejects.toMatchObject({
      ...{ ...known, code: 'tool_arguments_invalid', message: `${name}__refuse: a is not to my liking` },
    });
    await expect(call(`${name}__break`)).rejects.toMatchObject({ ...known, code: 'tool_failed' });
    await expect(call(`${name}__big`)).rejects.toMatchObject({ code: 'tool_result_invalid', uncertain: true });
    expect(await call(`${name}__echo`, { text: 'still there' })).toBe('still there');
  });

  it('leaves a call when its step ends', async () => {
    const ending = new AbortController();
    const call = callOf(await serverOf(config()), { signal: ending.signal });
    const before = callsHeard(heard).length;
    const outcome = call(`${name}__hang`);
    await until(() => callsHeard(heard).length > before);
    ending.abort();
    await expect(outcome).rejects.toMatchObject({ code: 'aborted', uncertain: true });
    await expect(call(`${name}__echo`, { text: 'a' })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a process that is an MCP server', () => {
  it('finds in its environment what was configured, and nothing of ours', async () => {
    const call = callOf(await serverOf(overStdio({ env: { ONLY: 'this' } })));
    const env = JSON.parse(String(await call('files__environment'))) as object;
    expect(env).toMatchObject({ ONLY: 'this' });
    expect(Object.keys(env).filter((key) => key in process.env)).toEqual([]);
  });

  it('that dies in a call leaves its outcome uncertain, and is started again', async () => {
    const server = await serverOf(overStdio());
    const call = callOf(server);
    await expect(call('files__die')).rejects.toMatchObject({
      ...{ code: 'connection_failed', retryable: true, uncertain: true },
    });
    await until(() => server.status().available);
    expect(await call('files__echo', { text: 'again' })).toBe('again');
  });

  it('that says too much at once is left, and started again', async () => {
    const server = await serverOf(overStdio());
    const call = callOf(server);
    await expect(call('files__huge')).rejects.toMatchObject({ code: 'connection_failed', uncertain: true });
    await until(() => server.status().available);
    expect(await call('files__echo', { text: 'again' })).toBe('again');
  });

  it('that is at work is not asked for its list, and left alone', async () => {
    const ending = new AbortController();
    const server = await serverOf(overStdio(), { refreshMs: 10 });
    const before = callsHeard(heard).length;
    const outcome = callOf(server, { signal: ending.signal })('files__busy', { ms: 300 });
    await until(() => callsHeard(heard).length > before);
    expect(await outcome).toBe('rested');
    expect(server.status().available).toBe(true);
  });

  it('that cannot be started is away, and says so to the operator alone', async () => {
    const told: [McpServerStatus, string][] = [];
    const onChange = (status: McpServerStatus, words: string) => void told.push([status, words]);
    const none = await serverOf(overStdio({ command: join(folder, 'none') }), { onChange });
    expect(none.status()).toMatchObject({ available: false, tools: 0, error: expect.stringContaining('ENOENT') });
    const args = ['-e', 'process.stderr.write("no licence\\n", () => process.exit(3))'];
    const ending = await serverOf(overStdio({ args }), { onChange });
    expect(ending.status()).toMatchObject({ available: false, error: expect.stringContaining('closed') });
    expect(ending.status().error).not.toContain('licence');
    expect(told.map(([, words]) => words)).toContain('no licence');
  });

  it('tells when it has more, and is listed again', async () => {
    const server = await serverOf(overStdio());
    const call = callOf(server);
    await expect(call('files__leaf', { text: 'a' })).rejects.toMatchObject({ code: 'tool_not_allowed' });
    expect(await call('files__grow')).toBe('grown');
    await until(() => server.tools().some(({ name }) => name === 'files__leaf'));
    expect(await call('files__leaf', { text: 'a' })).toBe('a');
  });

  it('is held to the tools that the operator allowed, and reads where he said so', async () => {
    const server = await serverOf(overStdio({ allow: ['echo', 'add', 'nothing'], readOnly: ['echo', 'fail'] }));
    expect(server.tools().map(({ name, effects }) => [name, effects])).toEqual([
      ['files__echo', 'read'],
      ['files__add', 'write'],
    ]);
    expect(server.reading).toEqual(['files__echo', 'files__fail']);
    expect(server.status().problems).toEqual([
      '"nothing" is configured, but is not there.',
      '"fail" is configured, but is not there.',
    ]);
  });
});

describe('an MCP server on another machine', () => {
  it('is asked with the headers that were configured', async () => {
    const stranger = await serverOf(overHttp(sse.url));
    expect(stranger.status()).toMatchObject({ available: false, error: expect.stringContaining('401') });
    expect(stranger.tools()).toEqual([]);
  });

  it('that is away is tried until it is there; its tools come and go', async () => {
    const port = await freePort();
    const server = await serverOf(overHttp(`http://127.0.0.1:${port}/mcp`));
    expect(server.status()).toMatchObject({ available: false });
    const first = await startMcpServer({ PORT: String(port) });
    await until(() => server.status().available);
    await first.kill();
    const call = callOf(server);
    await expect(call('far__echo', { text: 'a' })).rejects.toMatchObject({
      ...{ code: 'tool_unavailable', retryable: true, uncertain: false },
    });
    expect(server.tools().every(({ available }) => !available)).toBe(true);
    await expect(call('far__echo', { text: 'a' })).rejects.toMatchObject({ code: 'tool_unavailable' });
    const second = await startMcpServer({ PORT: String(port) });
    await until(() => server.status().available);
    expect(await call('far__echo', { text: 'back' })).toBe('back');
    await second.kill();
  });

  it('is found to be away also when nobody calls it', async () => {
    const passing = await startMcpServer();
    const server = await serverOf(overHttp(passing.url), { refreshMs: 20 });
    await passing.kill();
    await until(() => !server.status().available);
    expect(server.status().error).not.toBeNull();
  });

  it.each(['die', 'cut', 'end'])('that loses the answer (%s) leaves the outcome uncertain', async (how) => {
    for (const form of ['sse', 'json']) {
      const passing = await startMcpServer({}, form);
      const call = callOf(await serverOf(overHttp(passing.url)));
      await expect(call(`far__${how}`)).rejects.toMatchObject({ code: 'connection_failed', uncertain: true });
      await passing.kill();
    }
  });

  it('that forgot us is greeted again', async () => {
    const passing = await startMcpServer();
    const server = await serverOf(overHttp(passing.url));
    const call = callOf(server);
    await call('far__forget');
    await expect(call('far__echo', { text: 'a' })).rejects.toMatchObject({
      code: 'tool_unavailable',
      uncertain: false,
    });
    await until(() => server.status().available);
    expect(await call('far__echo', { text: 'a' })).toBe('a');
    await passing.kill();
  });
});

describe('the MCP servers of a process', () => {
  it('hold up no start, are told of, and are left at the end', async () => {
    const configs = [overStdio(), overHttp(`http://127.0.0.1:${await freePort()}/mcp`)];
    const servers = new McpServers(configs, { egress });
    await servers.start();
    expect(servers.status()).toMatchObject([
      { name: 'files', available: true },
      { name: 'far', available: false },
    ]);
    expect(servers.sources()).toHaveLength(2);
    const pid = Number(await callOf(servers.sources()[0] as McpServer)('files__pid'));
    expect(process.kill(pid, 0)).toBe(true);
    await servers.close();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(servers.status()).toMatchObject([{ available: false }, { available: false }]);
    const none = new McpServers([], { egress });
    await none.start();
    await none.close();
  });

  it('are not waited for when one never greets, and it is ended', async () => {
    const pid = join(folder, 'pid');
    const script = `require('node:fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => undefined, 1000)`;
    const server = new McpServer(overStdio({ args: ['-e', script] }), { egress });
    const connecting = server.connect();
    expect(server.connect()).toBe(connecting);
    await until(() => existsSync(pid));
    await server.close();
    expect(server.status().available).toBe(false);
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH');
  });
});
