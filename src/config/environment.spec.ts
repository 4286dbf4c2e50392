import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationRefused, readEnvironment } from './environment.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'chatter-environment-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const read = (variables: Record<string, string> = {}) => readEnvironment({ DATA_DIR: dataDir, ...variables });

describe('The environment', () => {
  it('needs nothing: everything has a default', () => {
    expect(read()).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      dataDir,
      pluginsDir: null,
      pluginMode: 'development',
      adminEmail: 'admin@localhost',
      adminPassword: null,
      modelDefault: expect.stringMatching(/^local\//),
      openaiBaseUrl: null,
      openaiApiKey: null,
      anthropicApiKey: null,
      anthropicBaseUrl: null,
      egressAllow: [],
      mcpServers: [],
      trustedProxies: [],
      corsOrigins: [],
      syncWaitMs: 30_000,
      publicUrl: null,
    });
  });

  it('takes what it is told', () => {
    const told = read({
      PORT: '0',
      HOST: '0.0.0.0',
      PLUGINS_DIR: '/opt/plugins',
      PLUGIN_MODE: 'production',
      ADMIN_EMAIL: 'ada@example.org',
      ADMIN_PASSWORD: 'correct horse battery',
      MODEL_DEFAULT: 'openai/gpt',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      OPENAI_API_KEY: 'k',
      ANTHROPIC_API_KEY: 'a',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:2',
      EGRESS_ALLOW: '127.0.0.1:1, *.example.org ,',
      TRUSTED_PROXIES: '10.0.0.0/8',
      CORS_ORIGINS: 'https://a.example',
      SYNC_WAIT_MS: '500',
      LOG_LEVEL: 'debug',
      PUBLIC_URL: 'https://chatter.example',
      EVENT_STORE_URL: '',
      DATABASE_URL: '',
    });
    expect(told).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      pluginsDir: '/opt/plugins',
      pluginMode: 'production',
      adminEmail: 'ada@example.org',
      adminPassword: 'correct horse battery',
      modelDefault: 'openai/gpt',
      anthropicApiKey: 'a',
      anthropicBaseUrl: 'http://127.0.0.1:2',
      egressAllow: ['127.0.0.1:1', '*.example.org'],
      trustedProxies: ['10.0.0.0/8'],
      corsOrigins: ['https://a.example'],
      syncWaitMs: 500,
      logLevel: 'debug',
      publicUrl: 'https://chatter.example',
    });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['SYNC_WAIT_MS', '1.5'],
    ['LOG_LEVEL', 'loud'],
    ['PLUGIN_MODE', 'test'],
    ['ADMIN_PASSWORD', 'short'],
    ['AUTH_SECRET', 'short'],
    ['EVENT_STORE_URL', 'esdb://localhost:2113'],
    ['PUBLIC_URL', 'chatter.example'],
    ['OPENAI_BASE_URL', 'not a url'],
    ['ANTHROPIC_BASE_URL', 'http://127.0.0.1:2'],
    ['ADMIN_EMAIL', 'nobody'],
  ])('refuses %s=%s, by name and with what to do', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(ConfigurationRefused);
    expect(() => read({ [name]: value })).toThrow(new RegExp(`  - ${name} `));
  });

  it('names everything that is wrong at once', () => {
    expect(() => read({ PORT: 'x', LOG_LEVEL: 'x', ADMIN_PASSWORD: 'x' })).toThrow(
      /PORT[^]*ADMIN_PASSWORD[^]*LOG_LEVEL/,
    );
  });
});

describe('The MCP servers', () => {
  const written = JSON.stringify([{ name: 'files', command: '/usr/bin/files' }]);
  const servers = [expect.objectContaining({ name: 'files', command: '/usr/bin/files', args: [], env: {} })];

  it('stand in the variable, or in a file that it names', () => {
    expect(read({ MCP_SERVERS: written }).mcpServers).toEqual(servers);
    const file = join(dataDir, 'mcp.json');
    writeFileSync(file, written);
    expect(read({ MCP_SERVERS: file }).mcpServers).toEqual(servers);
  });

  it('are refused by their place, and nothing of them is repeated', () => {
    const secret = { name: 'far', url: 'https://a.example/', headers: { authorization: 5 }, token: 'hush' };
    const refused = (value: string) => () => read({ MCP_SERVERS: value });
    expect(refused(JSON.stringify([secret]))).toThrow(
      /MCP_SERVERS\[0\] has the key "token"[^]*MCP_SERVERS\[0\] has headers/,
    );
    expect(refused(JSON.stringify([secret]))).not.toThrow(/hush/);
    expect(refused(join(dataDir, 'none.json'))).toThrow(/MCP_SERVERS is neither a JSON list nor the path of a file/);
    expect(refused('[')).toThrow(/MCP_SERVERS: it is no JSON list/);
  });
});

describe('The secret that signs tokens', () => {
  it('is made once, for this machine, and readable by its owner alone', () => {
    const { authSecret } = read();
    expect(authSecret.length).toBeGreaterThanOrEqual(64);
    expect(read().authSecret).toBe(authSecret);
    const file = join(dataDir, 'auth-secret');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([authSecret, 0o600]);
  });

  it('is taken from outside where there is one', () => {
    expect(read({ AUTH_SECRET: 'a'.repeat(32) }).authSecret).toBe('a'.repeat(32));
  });

  it('is not made for a configuration that cannot be used', () => {
    expect(() => read({ PORT: 'x' })).toThrow(ConfigurationRefused);
    expect(() => statSync(join(dataDir, 'auth-secret'))).toThrow();
  });
});
