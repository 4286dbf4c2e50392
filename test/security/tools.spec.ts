import { describe, expect, it } from '@jest/globals';
import { EgressClient, loadPlugins, NodeRunner, type OutsideClients, ToolRegistry } from '#plugin-host';
import { type JsonObject, type JsonValue, NodeFailure, type NodeResult } from '#plugin-sdk';

/** What a model may write where a tool's name stands. */
const names: readonly JsonValue[] = [
  ...['', ' ', 'calculator ', ' calculator', 'Calculator', 'CALCULATOR', 'calculator\n', 'calculator\0', 'calc', '*'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'list', 'call', 'then'],
  ...['http', 'http_send', 'search_documents', 'current_time', 'tool', 'tools', 'mcp__echo', 'files__read', '../http'],
  ...['http;calculator', 'calculator,http', 'calculator|http', '{{ input.tool }}', '$tools.read', 'ｃalculator'],
  ...[null, 0, 1, true, [], ['http'], ['calculator'], {}, { name: 'http' }],
];

/** What it may write where arguments stand. */
const argumentsOf: readonly JsonValue[] = [
  ...[null, 0, true, '', '1 + 1', [], ['1 + 1'], {}, { expression: null }, { expression: 1 }, { expression: [] }],
  ...[{ expression: '' }, { expression: '1'.repeat(1_001) }, { expression: { toString: '1' } }],
  ...[{ expression: '1', more: 1 }, { Expression: '1' }, { expression: '1', constructor: {} }],
  JSON.parse('{"expression": "1", "__proto__": {"polluted": true}}') as JsonValue,
];

/** What it may write as arithmetic, in the hope that somebody evaluates it. */
const expressions: readonly string[] = [
  ...[
    'process.exit(1)',
    'globalThis',
    'require("fs")',
    'import("node:fs")',
    'constructor.constructor("x")()',
    '(()=>1)()',
  ],
  ...[
    '1;2',
    '1,2',
    '`1`',
    '"1"',
    '${1}',
    '{{ 1 }}',
    '[1][0]',
    '{}.a',
    'a=1',
    '1 ? 2 : 3',
    '!1',
    '~1',
    '1 && 2',
    '0x10n',
  ],
  ...[
    'this',
    'eval(1)',
    'Function(1)',
    'toString(1)',
    '__proto__(1)',
    'hasOwnProperty(1)',
    'sqrt.call(1)',
    '1//2',
    '/*1*/',
  ],
];

const step = (execution: JsonObject) => ({ tool_calls: [execution] });

async function running(allowed: readonly string[] | null) {
  const plugins = new URL('../../plugins/', import.meta.url);
  const { catalogue, tools, toolNames } = await loadPlugins({ builtIn: plugins, mode: 'production' });
  const called: string[] = [];
  const watched = tools.map((tool) => ({
    ...tool,
    call: (...all: Parameters<typeof tool.call>) => {
      called.push(tool.name);
      return tool.call(...all);
    },
  }));
  const registry = new ToolRegistry({ tools: watched, names: toolNames });
  const egress = new EgressClient({ allow: [], connect: (_to, done) => done(new Error('no packet leaves'), null) });
  const clients: OutsideClients = { http: egress, models: { generate: () => Promise.reject(new Error('no model')) } };
  const runner = new NodeRunner({ ...clients, tools: (one) => registry.clientFor(one, clients) });
  const node = catalogue.find('tool')!;
  const ask = async (call: JsonObject): Promise<NodeResult | NodeFailure> => {
    try {
      return await runner.run({
        ...{
          node,
          effects: 'write',
          config: {},
          incoming: step(call),
          input: {},
          variables: {},
          nodes: {},
          error: null,
        },
        ...{
          tenant: 'default',
          conversationId: null,
          secrets: [],
          budget: { reserve: () => undefined },
          nodeId: 'n',
          path: 'n',
        },
        ...{ attempt: 1, idempotencyKey: 'k', signal: new AbortController().signal, now: 0, seed: 's' },
        execution: { id: 'exec_1', type: 'custom', user: 'ada', started_at: '2026-01-01T00:00:00.000Z' },
        defaults: { allowed_tools: allowed },
      });
    } catch (error) {
      return error as NodeFailure;
    }
  };
  return { ask, called };
}

describe('what a model writes of tools', () => {
  it(`names no tool outside the allow-list: ${names.length} tried`, async () => {
    expect(names).toHaveLength(43);
    const { ask, called } = await running(['calculator']);
    for (const name of names) {
      const outcome = await ask({ name, arguments: { expression: '1' } });
      expect([name, outcome]).toEqual([name, expect.any(NodeFailure)]);
    }
    expect(called).toEqual([]);
  });

  it('and would have, without that list', async () => {
    const { ask, called } = await running(null);
    for (const name of names) await ask({ name, arguments: { url: 'https://a.example/' } });
    expect(called).toEqual(expect.arrayContaining(['http', 'http_send']));
  });

  it(`gives no arguments beside the schema: ${argumentsOf.length} tried, and one that fits`, async () => {
    expect(argumentsOf).toHaveLength(18);
    const { ask, called } = await running(['calculator']);
    for (const args of argumentsOf) {
      const outcome = await ask({ name: 'calculator', arguments: args });
      expect([args, outcome]).toEqual([args, expect.any(NodeFailure)]);
    }
    expect(called).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
    expect(await ask({ name: 'calculator', arguments: { expression: '1 + 1' } })).toMatchObject({ output: [2] });
    expect(called).toEqual(['calculator']);
  });

  it(`is never code: ${expressions.length} tried`, async () => {
    expect(expressions).toHaveLength(29);
    const { ask } = await running(['calculator']);
    for (const expression of expressions) {
      const outcome = await ask({ name: 'calculator', arguments: { expression } });
      expect([expression, outcome]).toMatchObject([expression, { code: 'invalid_expression' }]);
    }
  });
});
