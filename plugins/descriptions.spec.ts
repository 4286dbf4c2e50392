import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Validator } from '@cfworker/json-schema';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type JsonObject, type NodeDefinition, toDefinition } from '@chatter/plugin-sdk';

const here = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() && !entry.name.startsWith('tools-') ? [entry.name] : [],
);

const nodes = new Map<string, NodeDefinition>();
const nodeOf = (type: string): NodeDefinition => nodes.get(type)!;

beforeAll(async () => {
  for (const folder of folders) {
    const exported = (await import(`./${folder}/${folder}.node.js`)) as Record<string, unknown>;
    const [definition] = Object.entries(exported).flatMap(([name, one]) =>
      name.endsWith('Node') ? [toDefinition(one)] : [],
    );
    if (definition) nodes.set(definition.descriptor.type, definition);
  }
});

/** Whether a resolved config fits what the node type says of itself. */
function fits(type: string, config: JsonObject): boolean {
  return new Validator({ ...nodeOf(type).descriptor.configSchema }, '2020-12').validate(config).valid;
}

describe('the description of each built-in type', () => {
  it.each(folders)('%s: is plain data', (folder) => {
    const { descriptor } = nodeOf(folder.replaceAll('-', '_'));
    expect(JSON.parse(JSON.stringify(descriptor))).toEqual(descriptor);
  });

  it.each(folders)('%s: stands in its README, whole', (folder) => {
    const { descriptor } = nodeOf(folder.replaceAll('-', '_'));
    const page = readFileSync(`${here}/${folder}/README.md`, 'utf8');
    const fields = Object.keys(descriptor.configSchema['properties'] as JsonObject);
    const ports = descriptor.ports.filter((port) => typeof port === 'string');
    const aliases = [
      ...descriptor.aliases.types,
      ...Object.keys(descriptor.aliases.config),
      ...Object.keys(descriptor.aliases.handles),
    ];
    for (const name of [descriptor.type, ...fields, ...ports, ...aliases]) expect(page).toContain(`\`${name}\``);
  });

  it.each(folders)('%s: refuses a key it does not know', (folder) => {
    expect(fits(folder.replaceAll('-', '_'), { no_such_key: 1 })).toBe(false);
  });
});

describe('what is literal, and what is a condition', () => {
  const property = (type: string, name: string): JsonObject =>
    (nodeOf(type).descriptor.configSchema['properties'] as Record<string, JsonObject>)[name] ?? {};

  it.each([
    ['start', 'input_schema'],
    ['model', 'response_schema'],
    ['model', 'run_tools'],
    ['merge', 'join'],
    ['merge', 'n'],
    ['variable', 'variable_name'],
    ['variable', 'operation'],
  ])('%s.%s takes no expression', (type, name) => expect(property(type, name)['x-expression']).toBe(false));

  it.each([
    ['conditional', 'condition'],
    ['loop', 'while'],
    ['loop', 'until'],
  ])('%s.%s is a condition', (type, name) => expect(property(type, name)['x-condition']).toBe(true));

  it('a case of a switch has a literal name and a condition', () => {
    const one = property('switch', 'cases')['items'] as { properties: Record<string, JsonObject> };
    expect(one.properties['name']?.['x-expression']).toBe(false);
    expect(one.properties['condition']?.['x-condition']).toBe(true);
  });
});

describe('a config that fits', () => {
  const url = 'https://api.example.com/';
  it.each<[string, JsonObject]>([
    ['start', {}],
    ['start', { input_schema: { type: 'object', properties: { a: { type: 'string' } } } }],
    ['end', {}],
    ['end', { output: null, stop: true }],
    ['end', { output: [1, { a: 'b' }] }],
    ['model', { prompt: 'Hello', temperature: 2, max_tokens: 1, response_schema: { type: 'object' }, stream: false }],
    [
      'model',
      { messages: [{ role: 'user', content: 'Hello' }], system_message: 'Be kind.', provider: 'local', model: 'm' },
    ],
    ['model', { prompt: 'Hello', tools: ['calculator', '*'], run_tools: false, max_tool_calls: 100 }],
    [
      'model',
      { prompt: 'Hello', images: [{ data: 'aGk=', mime: 'image/png' }, { data: 'data:image/png;base64,aGk=' }] },
    ],
    ['model', { prompt: 'Hello', use_memory: true, use_context: [{ title: 'A', text: 'B' }] }],
    [
      'model',
      {
        messages: [
          { role: 'user', content: 'Look', images: [{ data: 'aGk=', mime: 'image/png' }] },
          { role: 'assistant', content: '', tool_calls: [{ id: '1', name: 'a', arguments: {} }] },
          { role: 'tool', content: 'x', tool_call_id: '1', name: 'a' },
        ],
      },
    ],
    ['conditional', { condition: true }],
    ['switch', { cases: [{ name: 'bug-1', condition: false }] }],
    ['loop', {}],
    ['loop', { while: true, max_iterations: 10_000, on_limit: 'fail' }],
    ['loop', { items: [1, null, { a: 1 }, 'x'] }],
    ['map', { items: [], concurrency: 100, on_error: 'collect' }],
    ['merge', { join: 'n', n: 2, mode: 'list' }],
    ['variable', { variable_name: 'x_1', value: { any: [null] } }],
    ['transform', {}],
    ['transform', { value: null }],
    ['transform', { value: { deep: [1] } }],
    ['delay', { delay_type: 'exponential', duration_ms: 0.5, max_duration_ms: 3_155_760_000_000 }],
    ['delay', { delay_type: 'until', until: '2030-01-01T00:00:00Z' }],
    ['http_request', { url }],
    ['http_request', { url, method: 'PATCH', headers: { a: 'b' }, query: { a: [1] }, body: [1], safe: true }],
    ['http_request', { url, expect_status: [200, '4xx'], response: 'text', max_bytes: 1, follow_redirects: true }],
    ['error_handler', {}],
    ['tool', {}],
    ['tool', { tool_name: 'calculator', arguments: { expression: '1 + 1' } }],
    ['error_handler', { match: ['http_5*'], action: 'retry', fallback_value: { a: 1 }, max_retries: 20 }],
  ])('%s %j', (type, config) => expect(fits(type, config)).toBe(true));
});

describe('a config that does not', () => {
  const url = 'https://api.example.com/';
  it.each<[string, JsonObject]>([
    ['start', { input_schema: 'object' }],
    ['end', { stop: 'yes' }],
    ['model', { prompt: 5 }],
    ['model', { prompt: 'Hello', temperature: 2.1 }],
    ['model', { prompt: 'Hello', temperature: -0.1 }],
    ['model', { prompt: 'Hello', max_tokens: 0 }],
    ['model', { prompt: 'Hello', max_tokens: 1.5 }],
    ['model', { messages: [{ role: 'nurse', content: 'x' }] }],
    ['model', { messages: [{ role: 'assistant', content: '', tool_calls: [{ name: 'a' }] }] }],
    ['model', { prompt: 'Hello', tools: 'calculator' }],
    ['model', { prompt: 'Hello', tools: [1] }],
    ['model', { prompt: 'Hello', run_tools: 'no' }],
    ['model', { prompt: 'Hello', max_tool_calls: 0 }],
    ['model', { prompt: 'Hello', max_tool_calls: 101 }],
    ['model', { prompt: 'Hello', images: [{ mime: 'image/png' }] }],
    ['model', { prompt: 'Hello', images: Array(17).fill({ data: 'aGk=' }) }],
    ['model', { messages: [{ role: 'user' }] }],
    ['model', { prompt: 'Hello', stream: 'no' }],
    ['conditional', {}],
    ['conditional', { condition: 'true' }],
    ['switch', {}],
    ['switch', { cases: [] }],
    ['switch', { cases: [{ name: 'a b', condition: true }] }],
    ['switch', { cases: [{ name: 'a'.repeat(65), condition: true }] }],
    ['switch', { cases: [{ name: 'a' }] }],
    ['switch', { cases: [{ condition: true }] }],
    ['loop', { items: 'abc' }],
    ['loop', { max_iterations: 0 }],
    ['loop', { max_iterations: 10_001 }],
    ['loop', { while: 1 }],
    ['loop', { on_limit: 'stop' }],
    ['map', {}],
    ['map', { items: { a: 1 } }],
    ['map', { items: [], concurrency: 0 }],
    ['map', { items: [], concurrency: 101 }],
    ['map', { items: [], on_error: 'ignore' }],
    ['merge', { join: 'some' }],
    ['merge', { join: 'n', n: 0 }],
    ['merge', { mode: 'zip' }],
    ['variable', {}],
    ['variable', { variable_name: 'a-b', value: 1 }],
    ['variable', { variable_name: '__proto__', value: 1 }],
    ['variable', { variable_name: '1a', value: 1 }],
    ['variable', { variable_name: 'a', operation: 'push', value: 1 }],
    ['delay', { duration_ms: -1 }],
    ['delay', { duration_ms: '1000' }],
    ['delay', { duration_ms: 1e13 }],
    ['delay', { delay_type: 'cron' }],
    ['http_request', {}],
    ['http_request', { url: 5 }],
    ['http_request', { url, method: 'get' }],
    ['http_request', { url, method: 'TRACE' }],
    ['http_request', { url, headers: [['a', 'b']] }],
    ['http_request', { url, query: 'a=b' }],
    ['http_request', { url, response: 'xml' }],
    ['http_request', { url, max_bytes: 17 * 1024 * 1024 }],
    ['http_request', { url, auth: { type: 'bearer' } }],
    ['error_handler', { match: 'timeout' }],
    ['tool', { tool_name: '' }],
    ['tool', { tool_name: 'calculator', arguments: ['1 + 1'] }],
    ['error_handler', { match: [500] }],
    ['error_handler', { action: 'ignore' }],
    ['error_handler', { max_retries: 0 }],
    ['error_handler', { max_retries: 21 }],
  ])('%s %j', (type, config) => expect(fits(type, config)).toBe(false));
});
