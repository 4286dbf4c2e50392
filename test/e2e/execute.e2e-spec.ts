import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, edge, line, node, twice } from '../support/graphs.js';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

describe('A graph in the request', () => {
  it('runs and answers with its output, its steps and what it cost', async () => {
    const { status, headers, body } = await chatter.execute(twice);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      workflow_type: 'custom',
      status: 'completed',
      success: true,
      output: 42,
      error: null,
      error_message: null,
      error_state: null,
      input_data: { n: 21 },
    });
    expect(body.steps.map(({ node_id, status: of }: { node_id: string; status: string }) => [node_id, of])).toEqual([
      ['start', 'succeeded'],
      ['twice', 'succeeded'],
      ['end', 'succeeded'],
    ]);
    expect(body.metrics).toMatchObject({ steps: 3, tokens_used: 0, cost: 0 });
    expect(headers.get('location')).toBe(`/api/v1/workflows/executions/${body.execution_id}`);
    expect(headers.get('x-execution-id')).toBe(body.execution_id);
    expect(headers.get('x-chatter-position')).toMatch(/^\d{16}(\d{24})?$/);
  });
});

describe('Not waiting for the end', () => {
  const slow = custom(node('wait', 'delay', { duration_ms: 60_000 }));

  it('answers 202 at once where the body asks for it, and the result is there later', async () => {
    const { status, headers, body } = await chatter.execute({ ...twice, config: { async: true } });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/api/v1/workflows/executions/${body.execution_id}`);
    expect(await chatter.until(body.execution_id, 'completed')).toMatchObject({ success: true, output: 42 });
  });

  it('answers 202 at once where the header asks for it', async () => {
    const { status } = await chatter.execute(slow, { prefer: 'respond-async' });
    expect(status).toBe(202);
  });

  it('answers 202 when the run waits, and says what for', async () => {
    const { status, body } = await chatter.execute(slow);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'waiting',
      success: null,
      output: null,
      waiting_for: expect.objectContaining({}),
    });
  });

  it('answers 202 when the run outlasts the wait that was preferred', async () => {
    const { status, body } = await chatter.execute({ ...slow }, { prefer: 'wait=0' });
    expect(status).toBe(202);
    expect(body.success).toBeNull();
  });
});

describe('Options', () => {
  it('warns of an option that cannot act, and runs', async () => {
    const { body } = await chatter.execute({ ...twice, config: { enable_tools: true, tags: ['warned'] } });
    expect(body.success).toBe(true);
    expect(body.warnings).toEqual([
      expect.objectContaining({ code: 'option_without_effect', path: '/config/enable_tools' }),
    ]);
  });

  it('tells the inside of each step with debug_mode, and not without', async () => {
    const { body } = await chatter.execute({ ...twice, config: { debug_mode: true } });
    expect(body.debug.steps).toHaveLength(3);
    expect(body.debug.steps[1]).toMatchObject({ node_id: 'twice', output: 42 });
    expect((await chatter.execute(twice)).body.debug).toBeNull();
  });

  it('keeps to a limit of steps', async () => {
    const { status, body } = await chatter.execute({ ...twice, config: { limits: { max_steps: 1 } } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, status: 'failed' });
  });

  it('keeps the correlation id that it is given', async () => {
    const { body } = await chatter.execute(twice, { 'x-correlation-id': 'errand-7' });
    expect(body.metadata.correlation_id).toBe('errand-7');
  });

  it('refuses input that the start node does not take: recorded, failed, invalid_input', async () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'number' } } };
    const graph = {
      nodes: [node('start', 'start', { input_schema: schema }), node('end', 'end')],
      edges: [edge('start', 'end')],
    };
    const { status, body } = await chatter.execute({ workflow_type: 'custom', ...graph, input_data: { n: 'many' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, status: 'failed', error: { code: 'invalid_input' } });
    expect((await chatter.call('GET', `/api/v1/workflows/executions/${body.execution_id}`)).body.status).toBe('failed');
  });

  it('answers 200 with success: false where the workflow fails while it runs', async () => {
    const { status, body } = await chatter.execute({
      ...custom(node('twice', 'transform', { value: '{{ input.n * 2 }}' })),
      input_data: {},
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: false,
      status: 'failed',
      output: null,
      error: { node_id: 'twice', attempt: 1 },
    });
    expect(body.error_message).toBe(body.error.message);
    expect(body.error_state).toEqual(body.error);
  });
});

describe('An idempotency key', () => {
  const withKey = (key: string, body: unknown = twice) => chatter.execute(body, { 'idempotency-key': key });

  it('gives the same execution for the same body, whatever the order of its keys', async () => {
    const first = await withKey('once');
    const again = await withKey('once', Object.fromEntries(Object.entries(twice).toReversed()));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it('is refused for another body', async () => {
    await withKey('other');
    const { status, body } = await withKey('other', { ...twice, input_data: { n: 1 } });
    expect([status, body.code]).toEqual([409, 'idempotency_key_reused']);
  });

  it('starts one execution for ten requests at once', async () => {
    const before = await chatter.executionCount();
    const good = await Promise.all(Array.from({ length: 10 }, () => withKey('at-once')));
    expect(new Set(good.map(({ body }) => body.execution_id)).size).toBe(1);
    expect(good.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(await chatter.executionCount()).toBe(before + 1);
  });

  it('still stands after a restart', async () => {
    const first = await withKey('kept');
    await chatter.restart();
    const again = await withKey('kept');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
  });
});

describe('A stored definition', () => {
  it('takes the request of the original specification as it stands there, and answers with at least its members', async () => {
    const id = await chatter.definitionNamed('Simple Chat');
    const request = {
      workflow_type: 'definition',
      definition_id: id,
      template_id: null,
      input_data: { query: 'Hello, world!' },
      config: { debug_mode: true, streaming: false },
    };
    const { status, body } = await chatter.execute(request);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      execution_id: expect.stringMatching(/^exec_[0-9a-f-]{36}$/),
      success: true,
      metrics: { execution_time_ms: expect.any(Number), tokens_used: expect.any(Number), cost: expect.any(Number) },
      metadata: {
        workflow_type: 'definition',
        definition_id: id,
        definition_version: 1,
        definition_name: 'Simple Chat',
      },
    });
    expect(body.metrics.tokens_used).toBeGreaterThan(0);
    expect(body.output).toBeTruthy();
  });

  it.each(['Simple Chat', 'Support triage', 'Summarise a list', 'Fetch and classify'])(
    'runs the demo "%s" without any network',
    async (name) => {
      const { status, body } = await chatter.execute({
        workflow_type: 'definition',
        definition_id: await chatter.definitionNamed(name),
        input_data: { query: 'My card was charged twice.' },
      });
      expect([status, body.success, body.error]).toEqual([200, true, null]);
      expect(body.output).toBeTruthy();
    },
  );

  it.each([
    ['My card was charged twice for the last invoice.', 'billing'],
    ['The application crashes with an error when I log in.', 'technical'],
  ])('sorts "%s" into %s', async (message, queue) => {
    const definition_id = await chatter.definitionNamed('Support triage');
    const { body } = await chatter.execute({ workflow_type: 'definition', definition_id, input_data: { message } });
    expect(body.output).toMatchObject({ queue });
    expect(body.steps.find(({ node_id }: { node_id: string }) => node_id === 'merge')).toMatchObject({
      status: 'succeeded',
    });
  });

  it('summarises each text of a list', async () => {
    const definition_id = await chatter.definitionNamed('Summarise a list');
    const texts = [
      'The sky is blue. It was blue yesterday.',
      'Water boils at 100 degrees. Ice melts at 0.',
      'Cats sleep a lot.',
    ];
    const { body } = await chatter.execute({ workflow_type: 'definition', definition_id, input_data: { texts } });
    expect(body.output.count).toBe(3);
    expect(body.output.summaries).toHaveLength(3);
    expect(body.output.summaries.every((summary: unknown) => typeof summary === 'string' && summary !== '')).toBe(true);
    expect(body.steps.filter(({ node_id }: { node_id: string }) => node_id === 'summarise')).toHaveLength(3);
  });

  it('goes by its error path where a page cannot be fetched', async () => {
    const { body } = await chatter.execute({
      workflow_type: 'definition',
      definition_id: await chatter.definitionNamed('Fetch and classify'),
    });
    expect(body.output).toBe('The page could not be fetched.');
    expect(body.steps.find(({ node_id }: { node_id: string }) => node_id === 'fetch')).toMatchObject({ port: 'error' });
  });

  it('runs the version that is asked for, and knows no other', async () => {
    const id = await published('Versions', node('say', 'transform', { value: 'one' }));
    await chatter.call('PUT', `/api/v1/workflows/definitions/${id}`, {
      name: 'Versions',
      ...line(node('say', 'transform', { value: 'two' })),
    });
    const run = (definition_version?: number) =>
      chatter.execute({
        workflow_type: 'definition',
        definition_id: id,
        ...(definition_version && { definition_version }),
      });
    expect((await run()).body.output).toBe('two');
    expect((await run(1)).body.output).toBe('one');
    const { status, body } = await run(3);
    expect([status, body.code]).toEqual([404, 'definition_not_found']);
    expect(body.detail).toContain('version 3');
  });

  it('that is edited while its run waits does not change that run', async () => {
    const id = await published(
      'Edited',
      node('wait', 'delay', { duration_ms: 700 }),
      node('say', 'transform', { value: 'as it was' }),
    );
    const { status, body } = await chatter.execute({ workflow_type: 'definition', definition_id: id });
    expect([status, body.status]).toEqual([202, 'waiting']);
    const edited = await chatter.call('PUT', `/api/v1/workflows/definitions/${id}`, {
      name: 'Edited',
      ...line(node('say', 'transform', { value: 'edited' })),
    });
    expect([edited.status, edited.body.version]).toEqual([200, 2]);
    const result = await chatter.until(body.execution_id, 'completed', 'failed');
    expect(result).toMatchObject({ output: 'as it was', metadata: { definition_version: 1 } });
    expect((await chatter.execute({ workflow_type: 'definition', definition_id: id })).body.output).toBe('edited');
  });

  async function published(name: string, ...nodes: readonly object[]): Promise<string> {
    const { status, body } = await chatter.call('POST', '/api/v1/workflows/definitions', { name, ...line(...nodes) });
    expect(status).toBe(201);
    return body.id;
  }
});

describe('The old routes', () => {
  const isOld = (headers: Headers, successor: string) => {
    expect(headers.get('deprecation')).toMatch(/^@\d+$/);
    expect(Date.parse(headers.get('sunset') ?? '')).not.toBeNaN();
    expect(headers.get('link')).toBe(`<${successor}>; rel="successor-version"`);
  };

  it('execute a definition, and name their successor', async () => {
    const id = await chatter.definitionNamed('Simple Chat');
    const { status, headers, body } = await chatter.call('POST', `/api/v1/workflows/definitions/${id}/execute`, {
      input_data: { query: 'Hello' },
      debug_mode: true,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, metadata: { definition_id: id } });
    expect(body.debug.steps).toHaveLength(3);
    isOld(headers, '/api/v1/workflows/execute');
  });

  it('execute a custom graph', async () => {
    const { workflow_type: _, ...old } = twice as Record<string, unknown>;
    const { status, headers, body } = await chatter.call('POST', '/api/v1/workflows/definitions/custom/execute', old);
    expect([status, body.output]).toEqual([200, 42]);
    isOld(headers, '/api/v1/workflows/execute');
  });

  it('list the executions of a definition', async () => {
    const id = await chatter.definitionNamed('Simple Chat');
    const { status, headers, body } = await chatter.call('GET', `/api/v1/workflows/definitions/${id}/executions`);
    expect(status).toBe(200);
    expect(body.executions.length).toBeGreaterThan(0);
    expect(body.executions.every(({ definition_id }: { definition_id: string }) => definition_id === id)).toBe(true);
    isOld(headers, '/api/v1/workflows/executions');
  });
});
