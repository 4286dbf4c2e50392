import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';

const templates = '/api/v1/workflows/templates';
const definitions = '/api/v1/workflows/definitions';

const node = (id: string, type: string, config: object = {}) => ({ id, type, data: { config } });
const edge = (source: string, target: string) => ({ source, target });
const greeting = {
  name: 'Greeting',
  description: 'Greets somebody.',
  category: 'examples',
  tags: ['greeting'],
  parameters: [
    { name: 'who', type: 'string', required: true, description: 'whom to greet' },
    { name: 'times', type: 'integer', default: 1 },
  ],
  nodes: [
    node('start', 'start'),
    node('greet', 'transform', { value: { text: 'Hello {{ params.who }}!', times: '{{ params.times }}' } }),
    node('end', 'end'),
  ],
  edges: [edge('start', 'greet'), edge('greet', 'end')],
};

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  chatter.call(method, path, body, headers);
const make = async (different: object = {}): Promise<{ readonly id: string }> => {
  const { status, body } = await call('POST', templates, { ...greeting, ...different });
  expect([status, body.code]).toEqual([201, undefined]);
  return body;
};
const run = (template_id: string, params: object, more: object = {}) =>
  chatter.execute({ workflow_type: 'template', template_id, params, ...more });
const builtIn = async (name: string): Promise<string> => {
  const { body } = await call('GET', `${templates}?limit=200&text=${encodeURIComponent(name)}`);
  return body.templates.find((each: { name: string }) => each.name === name).id;
};

describe('Making a template', () => {
  it('gives it back whole, at its own address, in its first version', async () => {
    const { status, headers, body } = await call('POST', templates, greeting);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${templates}/${body.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({
      id: expect.stringMatching(/^tpl_[0-9a-f-]{36}$/),
      name: 'Greeting',
      category: 'examples',
      tags: ['greeting'],
      built_in: false,
      is_public: false,
      version: 1,
      owner_id: expect.stringMatching(/^usr_/),
      validation: { valid: true },
      parameters: [
        { name: 'who', type: 'string', required: true, default: null, secret: false, description: 'whom to greet' },
        { name: 'times', type: 'integer', required: false, default: 1, secret: false, description: '' },
      ],
    });
    expect((await call('GET', `${templates}/${body.id}`)).body).toEqual(body);
  });

  it('takes the graph of a definition, and what the body does not say', async () => {
    const { nodes, edges } = greeting;
    const parts = { name: 'Of mine', description: 'About it', tags: ['x'], nodes, edges };
    const { body: definition } = await call('POST', definitions, parts);
    const { status, body } = await call('POST', templates, {
      definition_id: definition.id,
      category: 'mine',
      parameters: greeting.parameters,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Of mine', description: 'About it', tags: ['x'], category: 'mine' });
    expect(body.nodes).toEqual(definition.nodes);
    expect((await run(body.id, { who: 'Ada' })).body.output).toEqual({ text: 'Hello Ada!', times: 1 });
  });

  it('is done once under one key', async () => {
    const key = { 'idempotency-key': 'one-template' };
    const first = await call('POST', templates, greeting, key);
    const again = await call('POST', templates, greeting, key);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body]).toEqual([201, 'true', first.body]);
    const other = await call('POST', templates, { ...greeting, name: 'Other' }, key);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    await call('DELETE', `${templates}/${first.body.id}`);
    expect((await call('POST', templates, greeting, key)).body.code).toBe('template_not_found');
  });

  it('is done once under one key, also by requests at the same time', async () => {
    const key = { 'idempotency-key': 'at-once' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', templates, greeting, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it.each<[string, object, number, string, RegExp]>([
    ['without a name', { name: undefined }, 400, 'invalid_request', /name is missing/],
    ['without edges', { edges: undefined }, 400, 'invalid_request', /nodes and edges, or definition_id/],
    ['with a graph and a definition', { definition_id: 'wf_x' }, 400, 'invalid_request', /not both/],
    ['with an unknown member', { parametres: [] }, 400, 'invalid_request', /parametres/],
    ['with an empty name', { name: '  ' }, 400, 'invalid_request', /name/],
    ['with nodes that are none', { nodes: [1] }, 400, 'invalid_request', /no graph/],
    ['with a parameter that is none', { parameters: ['who'] }, 400, 'invalid_request', /must be an object/],
    [
      'with an unknown member of a parameter',
      { parameters: [{ name: 'who', type: 'string', defualt: 1 }] },
      400,
      'invalid_request',
      /Did you mean "default"/,
    ],
    [
      'with a parameter of no type',
      { parameters: [{ name: 'who', type: 'date' }] },
      400,
      'invalid_request',
      /one of string, number/,
    ],
    [
      'with a default of another type',
      { parameters: [...greeting.parameters, { name: 'x', type: 'number', default: 'a' }] },
      422,
      'template_invalid',
      /must be a number/,
    ],
    [
      'that reads what it does not declare',
      { parameters: [greeting.parameters[0]] },
      422,
      'template_invalid',
      /no parameter "times"/,
    ],
    ['with no nodes', { nodes: [], edges: [] }, 422, 'template_invalid', /./],
    [
      'whose default breaks a config',
      {
        parameters: [{ name: 'warm', type: 'number', default: 5 }],
        nodes: [node('start', 'start'), node('ask', 'model', { prompt: 'Hi', temperature: '{{ params.warm }}' })],
        edges: [edge('start', 'ask')],
      },
      422,
      'template_invalid',
      /temperature/,
    ],
  ])('%s is refused', async (_, different, status, code, words) => {
    const answer = await call('POST', templates, { ...greeting, ...different });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(words);
  });

  it('of a definition that is not there is refused', async () => {
    for (const definition_id of ['wf_00000000-0000-7000-8000-000000000000', 'nonsense']) {
      const answer = await call('POST', templates, { definition_id });
      expect([answer.status, answer.body.code]).toEqual([404, 'definition_not_found']);
    }
  });

  it('names each finding with its place', async () => {
    const wrong = {
      ...greeting,
      nodes: [...greeting.nodes.slice(0, 2), node('end', 'end', { output: '{{ params.time }}' })],
    };
    const { body } = await call('POST', templates, wrong);
    expect(body.errors).toEqual([
      expect.objectContaining({
        rule: 'structure.parameter_undeclared',
        path: '/nodes/2/data/config/output',
        node_id: 'end',
        layer: 'structure',
        message: 'There is no parameter "time". Did you mean "times"?',
      }),
    ]);
  });
});

describe('Changing and deleting a template', () => {
  it('makes the next version', async () => {
    const { id } = await make();
    const { status, headers, body } = await call('PUT', `${templates}/${id}`, { ...greeting, name: 'Salute' });
    expect([status, headers.get('etag'), body.version, body.name]).toEqual([200, '"2"', 2, 'Salute']);
    expect((await call('GET', `${templates}/${id}`)).body.name).toBe('Salute');
  });

  it('is refused to who has seen another version', async () => {
    const { id } = await make();
    await call('PUT', `${templates}/${id}`, greeting, { 'if-match': '"1"' });
    for (const method of ['PUT', 'DELETE']) {
      const stale = await call(method, `${templates}/${id}`, method === 'PUT' ? greeting : undefined, {
        'if-match': '"1"',
      });
      expect([stale.status, stale.body.code, stale.body.current_version]).toEqual([412, 'version_is_stale', 2]);
    }
    expect((await call('DELETE', `${templates}/${id}`, undefined, { 'if-match': '"2"' })).status).toBe(204);
  });

  it('is refused where it would not be valid, and leaves it as it was', async () => {
    const { id } = await make();
    const answer = await call('PUT', `${templates}/${id}`, { ...greeting, parameters: [] });
    expect([answer.status, answer.body.code]).toEqual([422, 'template_invalid']);
    expect((await call('GET', `${templates}/${id}`)).body.version).toBe(1);
  });

  it('leaves nothing that can be read or run', async () => {
    const { id } = await make();
    expect((await call('DELETE', `${templates}/${id}`)).status).toBe(204);
    const gone = await Promise.all([
      call('GET', `${templates}/${id}`),
      call('PUT', `${templates}/${id}`, greeting),
      call('DELETE', `${templates}/${id}`),
      call('GET', `${templates}/${id}/export`),
      call('GET', `${templates}/${id}/analytics`),
      call('POST', `${templates}/validate`, { template_id: id }),
      call('POST', `${definitions}/from-template`, { template_id: id }),
      run(id, { who: 'x' }),
    ]);
    expect(gone.map(({ status, body }) => [status, body.code])).toEqual(gone.map(() => [404, 'template_not_found']));
    const { body } = await call('GET', `${templates}?limit=200`);
    expect(body.templates.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('is for those only that are not built in, and says the way out', async () => {
    const id = await builtIn('universal_chat');
    const answers = [await call('PUT', `${templates}/${id}`, greeting), await call('DELETE', `${templates}/${id}`)];
    for (const { status, body } of answers) {
      expect([status, body.code]).toEqual([409, 'template_built_in']);
      expect(body.detail).toContain('Make your own from it');
    }
  });

  it('knows no id of another form', async () => {
    for (const id of [
      'nonsense',
      'wf_00000000-0000-7000-8000-000000000000',
      'tpl_00000000-0000-7000-8000-000000000000',
    ])
      expect((await call('GET', `${templates}/${id}`)).body.code).toBe('template_not_found');
  });
});

describe('Listing templates', () => {
  it('filters by category, tag, text and visibility', async () => {
    await make({ name: 'Zebra greeting', category: 'zoo', tags: ['stripes'], is_public: true });
    const names = async (query: string) =>
      (await call('GET', `${templates}?${query}`)).body.templates.map((each: { name: string }) => each.name);
    expect(await names('category=zoo')).toEqual(['Zebra greeting']);
    expect(await names('tag=stripes')).toEqual(['Zebra greeting']);
    expect(await names('text=zebra')).toEqual(['Zebra greeting']);
    expect(await names('category=zoo&is_public=false')).toEqual([]);
    expect(await names('category=zoo&is_public=true')).toEqual(['Zebra greeting']);
    expect(await names('category=research')).toEqual(['research_assistant']);
  });

  it('shows what a list needs, built-in ones too, page by page', async () => {
    const { body } = await call('GET', `${templates}?sort=name&limit=1`);
    expect(body).toMatchObject({ total_count: expect.any(Number), next_cursor: expect.any(String) });
    const { body: next } = await call('GET', `${templates}?sort=name&limit=200&cursor=${body.next_cursor}`);
    const chat = next.templates.find((each: { name: string }) => each.name === 'universal_chat');
    expect(chat).toMatchObject({
      built_in: true,
      is_public: true,
      version: 1,
      owner_id: 'system',
      node_count: 6,
      category: 'chat',
    });
    expect(next.templates.length + 1).toBe(body.total_count);
  });

  it.each(['sort=size', 'limit=0', 'is_public=perhaps', 'cursor=x', 'colour=red', 'min_position=1'])(
    'refuses %s',
    async (query) => {
      const { status } = await call('GET', `${templates}?${query}`);
      expect(status).toBe(400);
    },
  );
});

describe('An execution of a template', () => {
  it('runs its graph with the parameters filled in', async () => {
    const { id } = await make();
    const { status, body } = await run(id, { who: 'Ada', times: 3 });
    expect([status, body.output]).toEqual([200, { text: 'Hello Ada!', times: 3 }]);
    expect(body).toMatchObject({
      workflow_type: 'template',
      success: true,
      metadata: { workflow_type: 'template', template_id: id, template_name: 'Greeting', definition_id: null },
    });
    const { body: list } = await call('GET', `/api/v1/workflows/executions?template_id=${id}`);
    expect(list.executions).toMatchObject([{ execution_id: body.execution_id, template_id: id }]);
  });

  it('takes a value for what it is, whatever stands in it', async () => {
    const { id } = await make();
    const who = "{{ execution.id }} {{{{ ' + secrets.x }}";
    expect((await run(id, { who })).body.output.text).toBe(`Hello ${who}!`);
  });

  it('with parameters that do not fit is recorded, failed, with a finding for each', async () => {
    const { id } = await make();
    const { status, body } = await run(id, { times: 1.5, how: 'so' });
    expect([status, body.success, body.status, body.error.code]).toEqual([200, false, 'failed', 'validation_failed']);
    expect(body.error.validation.map((each: { path: string; rule: string }) => [each.path, each.rule])).toEqual([
      ['/params/who', 'structure.parameter_missing'],
      ['/params/times', 'structure.parameter_type'],
      ['/params/how', 'structure.parameter_unknown'],
    ]);
    const { body: kept } = await call('GET', `/api/v1/workflows/executions/${body.execution_id}`);
    expect(kept.error.code).toBe('validation_failed');
  });

  it('needs one', async () => {
    const answers = await Promise.all([
      run('nonsense', {}),
      run('tpl_00000000-0000-7000-8000-000000000000', {}),
      chatter.execute({ workflow_type: 'template' }),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [404, 'template_not_found'],
      [404, 'template_not_found'],
      [400, 'invalid_request'],
    ]);
  });

  it('goes by the old route, too, which says what has taken its place', async () => {
    const { id } = await make();
    const { status, headers, body } = await call('POST', `${templates}/${id}/execute`, {
      input_data: { query: 'x' },
      params: { who: 'Ada' },
      debug_mode: true,
    });
    expect([status, body.output.text, body.metadata.template_id]).toEqual([200, 'Hello Ada!', id]);
    expect(body.debug).not.toBeNull();
    expect(headers.get('deprecation')).toMatch(/^@\d+$/);
    expect(headers.get('sunset')).toMatch(/GMT$/);
    expect(headers.get('link')).toBe('</api/v1/workflows/execute>; rel="successor-version"');
  });
});

describe('How a template is used', () => {
  it('is zeros and nulls before the first', async () => {
    const { id } = await make();
    const { status, body } = await call('GET', `${templates}/${id}/analytics`);
    expect([status, body]).toEqual([
      200,
      {
        template_id: id,
        usage_count: 0,
        success_count: 0,
        failure_count: 0,
        success_rate: 0,
        avg_execution_time_ms: null,
        p95_execution_time_ms: null,
        total_tokens_used: 0,
        avg_tokens_per_execution: null,
        total_cost: 0,
        last_used_at: null,
        last_success_at: null,
        last_failure_at: null,
      },
    ]);
  });

  it('is counted from its executions, of one that is built in, too', async () => {
    const { id } = await make();
    const good = (await run(id, { who: 'Ada' })).body;
    const bad = (await run(id, {})).body;
    const { body } = await call('GET', `${templates}/${id}/analytics`);
    expect(body).toMatchObject({
      usage_count: 2,
      success_count: 1,
      failure_count: 1,
      success_rate: 50,
      last_used_at: bad.started_at,
      last_success_at: good.completed_at,
      last_failure_at: bad.completed_at,
    });
    expect(body.avg_execution_time_ms).toEqual(expect.any(Number));

    const chat = await builtIn('Simple Chat');
    const { metrics } = (await run(chat, {}, { input_data: { message: 'Hello' } })).body;
    const used = (await call('GET', `${templates}/${chat}/analytics`)).body;
    expect(used).toMatchObject({ usage_count: 1, success_rate: 100, total_tokens_used: metrics.tokens_used });
    expect(used.avg_tokens_per_execution).toBe(metrics.tokens_used);
  });
});

describe('Validating a template', () => {
  it('finds what saving would, and saves nothing', async () => {
    const before = (await call('GET', templates)).body.total_count;
    const good = await call('POST', `${templates}/validate`, greeting);
    expect([good.status, good.body.valid, good.body.errors]).toEqual([200, true, []]);
    const { name: _, ...nameless } = greeting;
    const { body } = await call('POST', `${templates}/validate`, { ...nameless, parameters: [] });
    expect([body.valid, body.is_valid, body.validation.structure.valid]).toEqual([false, false, false]);
    expect(body.errors.map((each: { rule: string }) => each.rule)).toEqual([
      'structure.parameter_undeclared',
      'structure.parameter_undeclared',
    ]);
    expect(body.validation.structure.errors).toHaveLength(2);
    expect((await call('GET', templates)).body.total_count).toBe(before);
  });

  it('looks at one that is there', async () => {
    const { id } = await make();
    expect((await call('POST', `${templates}/validate`, { template_id: id })).body.valid).toBe(true);
    const both = await call('POST', `${templates}/validate`, { ...greeting, template_id: id });
    expect([both.status, both.body.code]).toEqual([400, 'invalid_request']);
  });

  it('tells old names apart from what the parameters do', async () => {
    const nodes = [node('start', 'start'), node('ask', 'llm', { prompt: '{{ params.who }}' }), node('end', 'end')];
    const edges = [edge('start', 'ask'), edge('ask', 'end')];
    const { body } = await call('POST', `${templates}/validate`, { ...greeting, nodes, edges });
    expect([body.valid, body.warnings.map((each: { rule: string }) => each.rule)]).toEqual([
      true,
      ['structure.parameter_unused', 'structure.alias'],
    ]);
  });
});

describe('After a restart', () => {
  it('templates are there as they were', async () => {
    const made = await make({ name: 'Lasting' });
    await chatter.restart();
    expect((await call('GET', `${templates}/${made.id}`)).body).toEqual(made);
    expect((await run(made.id, { who: 'Ada' })).body.output.text).toBe('Hello Ada!');
  });
});
