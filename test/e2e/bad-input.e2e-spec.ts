import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Chatter, type Answer } from '../support/chatter.js';
import { custom, edge, line, node, twice } from '../support/graphs.js';

const unknownId = '00000000-0000-4000-8000-000000000000';
const execute = '/api/v1/workflows/execute';
const definitions = '/api/v1/workflows/definitions';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

/** Of the last event in the log, of whatever kind. */
const head = async (): Promise<string> => (await chatter.call('GET', '/health')).body.read_model.position;

/** A problem as it must be: its media type, its members, and advice that tells nothing of the inside. */
function isProblem({ headers, body }: Answer<Record<string, unknown>>, status: number, code: string): void {
  expect([body['status'], body['code'], body['detail']]).toEqual([status, code, expect.stringMatching(/\S/)]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    instance: expect.stringMatching(/^\//),
    request_id: expect.any(String),
  });
  expect(JSON.stringify(body)).not.toMatch(/ at .+\.(js|ts):\d+|node_modules|SELECT |\/tmp\//);
}

describe('Refused, and nothing of it recorded:', () => {
  let before: string;
  beforeEach(async () => {
    await chatter.executionCount(); // lists have caught up
    before = await head();
    expect(before).toMatch(/^\d{16}(\d{24})?$/);
  });
  afterEach(async () => {
    await chatter.executionCount();
    expect(await head()).toEqual(before);
    const { status, body } = await chatter.call('GET', '/health/ready');
    expect([status, body.status]).toEqual([200, 'ok']);
  });

  const nested = (depth: number) =>
    `{"workflow_type":"custom","nodes":[],"input_data":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
  const inside = (text: string) => `{"workflow_type":"custom","nodes":[],"input_data":${text}}`;

  it.each([
    ['half of a JSON', '{"workflow_type": "custom"', 400, 'malformed_json'],
    ['no JSON at all', 'workflow_type=custom', 400, 'malformed_json'],
    ['two values', '{} {}', 400, 'malformed_json'],
    ['a comma too many', '{"workflow_type":"custom",}', 400, 'malformed_json'],
    ['a duplicate key', '{"workflow_type":"custom","workflow_type":"chat","nodes":[]}', 400, 'duplicate_key'],
    ['a duplicate key far inside', inside('{"a":[{"b":1,"b":2}]}'), 400, 'duplicate_key'],
    ['a duplicate key in other letters', inside('{"a":1,"\\u0061":2}'), 400, 'duplicate_key'],
    ['__proto__', inside('{"__proto__":{"isAdmin":true}}'), 400, 'forbidden_key'],
    ['constructor', inside('{"constructor":{}}'), 400, 'forbidden_key'],
    ['prototype, escaped', inside('{"\\u0070rototype":{}}'), 400, 'forbidden_key'],
    ['depth 10,000', nested(10_000), 400, 'too_deep'],
    ['10,000 open brackets', '['.repeat(10_000), 400, 'too_deep'],
    [
      '10,001 keys',
      inside(JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`k${at}`, 0])))),
      400,
      'too_many_keys',
    ],
    ['a string of more than 256 KiB', inside(JSON.stringify('x'.repeat(256 * 1024 + 1))), 400, 'string_too_long'],
    ['a number that would lose digits', inside('9007199254740993'), 400, 'unsafe_number'],
    ['half of a surrogate pair', inside('"\\ud800"'), 400, 'unsafe_json'],
    ['a body of 10 MiB', inside(JSON.stringify('x'.repeat(10 * 1024 * 1024))), 413, 'too_large'],
  ])('%s', async (_, body, status, code) => {
    isProblem(await chatter.call('POST', execute, body), status, code);
  });

  it.each([
    ['an empty body', {}, '/workflow_type'],
    ['a list', [], ''],
    ['a text', 'text', ''],
    ['null', null, ''],
    ['a workflow type that is no text', { workflow_type: 7 }, '/workflow_type'],
    ['an unknown workflow type', { workflow_type: 'magic' }, '/workflow_type'],
    ['definition without its id', { workflow_type: 'definition' }, '/definition_id'],
    ['template without its id', { workflow_type: 'template' }, '/template_id'],
    ['custom without nodes', { workflow_type: 'custom' }, '/nodes'],
    ['an unknown key', { ...twice, nope: 1 }, '/nope'],
    ['an unknown key in config', { ...twice, config: { async_: true } }, '/config/async_'],
    ['an unknown key in limits', { ...twice, config: { limits: { steps: 1 } } }, '/config/limits/steps'],
    ['nodes that are no list', { ...twice, nodes: {} }, '/nodes'],
    ['input that is no object', { ...twice, input_data: [] }, '/input_data'],
    ['a flag that is a text', { ...twice, config: { debug_mode: 'yes' } }, '/config/debug_mode'],
    ['a time-out of nothing', { ...twice, config: { timeout_ms: 0 } }, '/config/timeout_ms'],
    ['a deadline that is no time', { ...twice, config: { deadline: 'tomorrow' } }, '/config/deadline'],
    ['tags that are no texts', { ...twice, config: { tags: [1] } }, '/config/tags'],
    ['a node without an id', { workflow_type: 'custom', nodes: [{ type: 'start' }], edges: [] }, '/nodes/0'],
    ['a node that is null', { workflow_type: 'custom', nodes: [null], edges: [] }, '/nodes/0'],
    ['an edge without a target', { ...twice, edges: [{ source: 'start' }] }, '/edges/0'],
  ])('%s: it says where', async (_, body, path) => {
    const answer = await chatter.call('POST', execute, JSON.stringify(body));
    isProblem(answer, 400, 'invalid_request');
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path, rule: expect.stringMatching(/^request\./), severity: 'error' }),
      ]),
    );
  });

  it('a key with a slip: it says which was meant', async () => {
    const { body } = await chatter.call('POST', execute, { ...twice, input_dat: {} });
    expect(body.detail).toContain('Did you mean "input_data"?');
  });

  it('a body without one', async () => {
    isProblem(await chatter.call('POST', execute), 400, 'invalid_request');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])(
    'a body of type %s',
    async (type) => {
      isProblem(
        await chatter.call('POST', execute, JSON.stringify(twice), { 'content-type': type }),
        415,
        'unsupported_media_type',
      );
    },
  );

  it.each([
    ['an idempotency key with spaces', { 'idempotency-key': 'no token' }],
    ['an idempotency key of 256 letters', { 'idempotency-key': 'k'.repeat(256) }],
    ['a correlation id that is no ASCII', { 'x-correlation-id': 'clé' }],
  ])('%s', async (_, headers) => {
    isProblem(await chatter.call('POST', execute, twice, headers), 400, 'invalid_header');
  });

  const ids = [
    'wf_',
    'wf_1',
    'exec_1',
    `wf_${unknownId}`,
    'wf_../../etc/passwd',
    `wf_${unknownId.toUpperCase()}x`,
    "wf_' OR 1=1 --",
    'x'.repeat(900),
  ];
  it.each(ids)('to execute the definition %s', async (definition_id) => {
    isProblem(await chatter.execute({ workflow_type: 'definition', definition_id }), 404, 'definition_not_found');
  });

  it.each(ids)('to read the definition %s', async (id) => {
    const address = `${definitions}/${encodeURIComponent(id)}`;
    isProblem(await chatter.call('GET', address), 404, 'definition_not_found');
    isProblem(await chatter.call('DELETE', address), 404, 'definition_not_found');
    isProblem(await chatter.call('GET', `${address}/versions`), 404, 'definition_not_found');
    isProblem(
      await chatter.call('POST', `${definitions}/validate`, { definition_id: id }),
      404,
      'definition_not_found',
    );
  });

  it.each([...ids, `exec_${unknownId}`])('to read the execution %s', async (id) => {
    const address = `/api/v1/workflows/executions/${encodeURIComponent(id)}`;
    for (const part of ['', '/events', '/state', '/logs', '/verify', '/stream'])
      isProblem(await chatter.call('GET', address + part), 404, 'execution_not_found');
    isProblem(await chatter.call('POST', `${address}/cancel`, {}), 404, 'execution_not_found');
  });

  it('an address that is not there, and a method that an address has not', async () => {
    isProblem(await chatter.call('GET', '/api/v1/nothing'), 404, 'not_found');
    const answer = await chatter.call('DELETE', execute);
    isProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toContain('POST');
  });

  it.each([
    ['limit=0', 'invalid_request'],
    ['limit=201', 'invalid_request'],
    ['limit=many', 'invalid_request'],
    ['cursor=nonsense', 'invalid_cursor'],
    ['nope=1', 'invalid_request'],
    ['min_position=1', 'invalid_request'],
  ])('a list with %s', async (query, code) => {
    isProblem(await chatter.call('GET', `/api/v1/workflows/executions?${query}`), 400, code);
    isProblem(await chatter.call('GET', `${definitions}?${query}`), 400, code);
  });

  it('definitions with wrong types and unknown keys', async () => {
    const good = { name: 'A name', ...line() };
    for (const bad of [
      { ...good, nope: 1 },
      { ...good, name: 7 },
      { ...good, name: '' },
      { ...good, nodes: 'none' },
      { ...good, tags: [1] },
      { ...good, is_public: 'yes' },
      { ...good, metadata: [] },
    ]) {
      isProblem(await chatter.call('POST', definitions, bad), 400, 'invalid_request');
    }
  });
});

describe('What the layers find', () => {
  const chain = (count: number) =>
    line(...Array.from({ length: count - 2 }, (_, at) => node(`n${at}`, 'transform', { value: at })));
  const ring = {
    nodes: [node('start', 'start'), node('a', 'transform', { value: 1 }), node('b', 'transform', { value: 2 })],
    edges: [edge('start', 'a'), edge('a', 'b'), edge('b', 'a')],
  };
  const exploding = `{{ ${'[1,2,3].map(a, '.repeat(40)}1${')'.repeat(40)} }}`;

  it.each([
    ['an empty graph', { nodes: [], edges: [] }, 'structure', /structure\./],
    ['a graph of 5,000 nodes', chain(5_000), 'resource', /nodes/],
    ['a cycle without an exit', ring, 'structure', /cycle|ring/],
    ['a node type that does not exist', line(node('x', 'teleport')), 'structure', /type/],
    ['an expression that explodes', line(node('x', 'transform', { value: exploding })), 'structure', /expression/],
    ['a dangling edge', { ...line(), edges: [edge('start', 'nowhere')] }, 'structure', /edge/],
  ])('%s: validate says so, a run is recorded as failed, a definition is not saved', async (_, graph, layer, rule) => {
    const finding = expect.objectContaining({
      layer,
      rule: expect.stringMatching(rule),
      message: expect.stringMatching(/\S/),
      severity: 'error',
    });
    const validated = await chatter.call('POST', `${definitions}/validate`, graph);
    expect(validated.status).toBe(200);
    expect(validated.body).toMatchObject({ valid: false, is_valid: false });
    expect(validated.body.errors).toEqual(expect.arrayContaining([finding]));

    const executions = await chatter.executionCount();
    const executed = await chatter.execute({ workflow_type: 'custom', ...graph });
    expect(executed.status).toBe(200);
    expect(executed.body).toMatchObject({
      success: false,
      status: 'failed',
      output: null,
      error: { code: 'validation_failed' },
    });
    expect(executed.body.error.validation).toEqual(expect.arrayContaining([finding]));
    expect((await chatter.call('GET', `/api/v1/workflows/executions/${executed.body.execution_id}`)).body.status).toBe(
      'failed',
    );
    expect(await chatter.executionCount()).toBe(executions + 1);

    const count = async () => (await chatter.call('GET', `${definitions}?limit=1`)).body.total_count;
    const saved = await count();
    const published = await chatter.call('POST', definitions, { name: 'Refused', ...graph });
    isProblem(published, 422, 'definition_invalid');
    expect(published.body.errors).toEqual(expect.arrayContaining([finding]));
    expect(await count()).toBe(saved);
  });

  it('an expression that explodes only when it runs fails its step, and the server stays up', async () => {
    const list = `[${Array.from({ length: 200 }, (_, at) => at).join(',')}]`;
    const { status, body } = await chatter.execute(
      custom(node('x', 'transform', { value: `{{ ${list}.map(a, ${list}.map(b, ${list}.map(c, a + b + c))) }}` })),
    );
    expect([status, body.success]).toEqual([200, false]);
    expect((await chatter.execute(twice)).body.output).toBe(42);
  });
});

describe('What is no HTTP', () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(chatter.url);
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it.each([
    [
      'a header whose name is no token',
      'GET /health/live HTTP/1.1\r\nHost: x\r\nbad header: 1\r\n\r\n',
      400,
      'malformed_request',
    ],
    ['a first line that is none', 'HELLO\r\n\r\n', 400, 'malformed_request'],
    [
      'two lengths',
      'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'headers of 20 KiB',
      `GET /health/live HTTP/1.1\r\nHost: x\r\nx-much: ${'x'.repeat(20 * 1024)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('%s is answered as a problem', async (_, text, status, code) => {
    const [head_ = '', body = ''] = (await raw(text)).split('\r\n\r\n');
    expect(head_).toContain(`HTTP/1.1 ${status} `);
    expect(head_).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it('an address with a broken escape is answered as a problem', async () => {
    isProblem(await chatter.call('GET', '/api/v1/workflows/definitions/%E0%A4%A'), 400, 'malformed_request');
  });
});
