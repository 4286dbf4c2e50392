import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recountDefinition, recountOverview, type Stream } from '#read-model/testing';
import { Chatter, type AnyBody } from '../support/chatter.js';
import { edge, line, node } from '../support/graphs.js';
import { startOpenAiServer, type OpenAiServer } from '../support/openai-server.js';

const workflows = '/api/v1/workflows';
const overview = '/api/v1/analytics/overview';
const today = () => new Date().toISOString().slice(0, 10);

let server: OpenAiServer;
let chatter: Chatter;
beforeAll(async () => {
  server = await startOpenAiServer();
  chatter = await Chatter.boot({
    variables: { OPENAI_BASE_URL: server.baseUrl, OPENAI_API_KEY: 'sk-test-0123456789abcdef0123456789abcdef' },
  });
});
afterAll(async () => {
  await chatter.close();
  await server.close();
});

const get = async (path: string): Promise<AnyBody> => {
  const { status, body } = await chatter.call('GET', path);
  expect([status, body.code]).toEqual([200, undefined]);
  return body;
};
const csv = async (path: string, headers = { accept: 'text/csv' }) => {
  const answer = await chatter.fetch('GET', path, undefined, headers);
  return { answer, lines: (await answer.text()).split('\r\n') };
};
const define = async (name: string, graph: object): Promise<string> => {
  const { status, body } = await chatter.call('POST', `${workflows}/definitions`, { name, ...graph });
  expect([status, body.errors]).toEqual([201, undefined]);
  return body.id;
};
const analytics = (id: string, query = '') => get(`${workflows}/definitions/${id}/analytics${query}`);

/** The streams of all executions, as an auditor reads them. */
async function streams(): Promise<Stream[]> {
  const { executions } = await get(`${workflows}/executions?limit=200`);
  return Promise.all(
    executions.map(async ({ execution_id: id }: { execution_id: string }) => {
      const all: AnyBody[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page = await get(`${workflows}/executions/${id}/events?limit=200${cursor && `&cursor=${cursor}`}`);
        all.push(...page.events);
        cursor = page.next_cursor;
      }
      return all;
    }),
  );
}

/** The recount in the words of the wire. */
const usd = (numbers: object): AnyBody =>
  JSON.parse(JSON.stringify(numbers), (_, value) => {
    if (typeof value !== 'object' || value === null || !('cost_nano' in value)) return value;
    const { cost_nano, tokens, ...rest } = value;
    return { ...rest, ...(tokens !== undefined && { tokens_used: tokens }), cost: cost_nano / 1e9 };
  });
const byId = (name: string, list: AnyBody[]) => list.toSorted((a, b) => (String(a[name]) < String(b[name]) ? -1 : 1));

const asking = { provider: 'openai', model: 'gpt-4o-mini', prompt: 'Hi' };
const looping = {
  nodes: [
    node('start', 'start'),
    node('each', 'loop', { items: '{{ input.list }}' }),
    node('ask', 'model', asking),
    node('end', 'end'),
  ],
  edges: [edge('start', 'each'), edge('each', 'ask', 'continue'), edge('ask', 'each'), edge('each', 'end', 'exit')],
};
Object.assign(looping.edges[2]!, { target_handle: 'back' });

describe('Analytics', () => {
  let looped: string;
  let failing: string;
  let above: string;
  let misfit: string;

  beforeAll(async () => {
    looped = await define('=Looped', looping);
    failing = await define('Failing', line(node('ask', 'model', asking, { retry: { max_attempts: 1 } })));
    above = await define('Above', line(node('below', 'sub_workflow', { definition_id: looped, input: { list: [1] } })));
    const wish = { ...asking, response_schema: { type: 'object' } };
    misfit = await define('Misfit', line(node('ask', 'model', wish, { retry: { max_attempts: 1 } })));
    const run = async (definition_id: string, input_data: object = {}): Promise<string> => {
      const { body } = await chatter.execute({ workflow_type: 'definition', definition_id, input_data });
      return (await chatter.until(body.execution_id, 'completed', 'failed')).status;
    };
    expect(await run(looped, { list: [1, 2, 3] })).toBe('completed');
    expect(await run(looped, { list: [] })).toBe('completed');
    expect(await run(above)).toBe('completed');
    server.script.push({ type: 'refuse', status: 400 });
    expect(await run(failing)).toBe('failed');
    expect(await run(failing)).toBe('completed');
    expect(await run(misfit)).toBe('failed');
  });

  it('of a definition are what a recount of its events comes to', async () => {
    const all = (await streams()).map((events) => events.map((fact) => ({ ...fact })));
    for (const id of [looped, failing, above, misfit]) {
      const { from, to, definition_id, complexity: _, by_node, by_model, ...told } = await analytics(id);
      const { by_node: nodes, by_model: models, ...counted } = usd(recountDefinition(all, id.slice('wf_'.length)));
      expect([from, to, definition_id]).toEqual([null, null, id]);
      expect(told).toEqual(counted);
      expect(by_node.map(({ type: _type, ...each }: AnyBody) => each)).toEqual(nodes);
      expect(byId('model', by_model)).toEqual(byId('model', models));
    }
  });

  it('say which nodes there are, which are slow, and how intricate the graph is', async () => {
    const { by_node, bottlenecks, by_model, complexity, ...usage } = await analytics(looped);
    expect(usage).toMatchObject({ usage_count: 3, success_count: 3, success_rate: 100, tokens_used: 40 });
    expect(by_node.map((each: AnyBody) => [each.node_id, each.type, each.runs, each.is_scope])).toEqual([
      ['ask', 'model', 4, false],
      ['each', 'loop', 3, true],
      ['end', 'end', 3, false],
      ['start', 'start', 3, false],
    ]);
    expect(bottlenecks[0]).toMatchObject({ rank: 1, node_id: 'ask' });
    expect(by_model).toEqual([
      { model: 'openai/gpt-4o-mini', calls: 4, prompt_tokens: 28, completion_tokens: 12, cost: expect.any(Number) },
    ]);
    expect(complexity).toEqual({ nodes: 4, edges: 4, branches: 1, depth: 3, loops: 1, cyclomatic: 2 });
  });

  it('count what an attempt had used before it failed', async () => {
    const { tokens_used, cost, by_node, by_model } = await analytics(misfit);
    expect([tokens_used, cost > 0]).toEqual([20, true]); // asked, and asked for a repair
    expect(by_node.find((each: AnyBody) => each.node_id === 'ask')).toMatchObject({
      runs: 1,
      failures: 1,
      failed_attempts: 1,
      prompt_tokens: 14,
      completion_tokens: 6,
      cost,
    });
    expect(by_model).toMatchObject([{ model: 'openai/gpt-4o-mini', calls: 1, cost }]);
    const { executions } = await get(`${workflows}/definitions/${misfit}/executions`);
    const { body } = await chatter.call('GET', `${workflows}/executions/${executions[0].execution_id}`);
    expect(body).toMatchObject({ error: { code: 'model_answer_invalid' }, metrics: { tokens_used: 20, cost } });
  });

  it('are zeros and nulls before the first, and of days on which nothing ran', async () => {
    const unused = await define('Unused', line());
    const none = { usage_count: 0, success_rate: 0, tokens_used: 0, cost: 0, last_used_at: null };
    const times = { execution_time_ms: { avg: null, p50: null, p95: null, p99: null } };
    expect(await analytics(unused)).toMatchObject({ ...none, ...times, by_node: [], bottlenecks: [], by_model: [] });
    expect(await analytics(looped, '?to=2020-01-01')).toMatchObject({ ...none, ...times, to: '2020-01-01' });
    expect(await analytics(looped, `?from=2020-01-01&to=${today()}`)).toMatchObject({ usage_count: 3 });
  });

  it('by day, model, definition and template are what a recount of all events comes to', async () => {
    const day = today();
    const all = await streams();
    const told = await get(`${overview}?from=${day}&to=${day}`);
    const counted = usd(recountOverview(all, [day]));
    const named = (prefix: string, id: string | null) => id && `${prefix}_${id}`;
    expect([told.from, told.to, told.total, told.by_day]).toEqual([day, day, counted.total, counted.by_day]);
    expect(byId('model', told.by_model)).toEqual(byId('model', counted.by_model));
    const plain = ({ name: _, ...each }: AnyBody) => each;
    expect(byId('definition_id', told.by_definition.map(plain))).toEqual(
      byId(
        'definition_id',
        counted.by_definition.map((each: AnyBody) => ({ ...each, definition_id: named('wf', each.definition_id) })),
      ),
    );
    expect(told.by_definition.find((each: AnyBody) => each.definition_id === above).name).toBe('Above');
    expect(told.by_template).toEqual([{ ...counted.by_template[0], template_id: null, name: null }]);
  });

  it('name the templates that were used, built-in ones, too', async () => {
    const { templates } = await get(`${workflows}/templates?limit=200`);
    const chat = templates.find(({ name }: { name: string }) => name === 'Simple Chat').id;
    const input_data = { message: 'Hello' };
    await chatter.execute({ workflow_type: 'template', template_id: chat, params: {}, input_data });
    const { by_template } = await get(overview);
    const used = by_template.find((each: AnyBody) => each.template_id === chat);
    expect(used).toMatchObject({ name: 'Simple Chat', usage_count: 1, success_count: 1 });
  });

  it('tell of the last thirty days, unless asked otherwise, each of them', async () => {
    const { from, to, by_day, total } = await get(overview);
    expect([to, by_day.length, by_day[0].day, by_day.at(-1).day]).toEqual([today(), 30, from, today()]);
    expect(by_day.at(-1).usage_count).toBe(total.usage_count);
    expect(by_day[0]).toMatchObject({ usage_count: 0, execution_time_ms: { avg: null } });
  });

  it('refuse days that make no period, and say why', async () => {
    const refused = async (path: string) => {
      const { status, body } = await chatter.call('GET', path);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      return body.detail;
    };
    expect(await refused(`${overview}?from=2026-02-30`)).toBe('There is no day 2026-02-30.');
    expect(await refused(`${overview}?from=2026-02-02&to=2026-02-01`)).toContain('is after the last one');
    expect(await refused(`${overview}?from=2020-01-01&to=2026-01-01`)).toContain('more than 366 days');
    expect(await refused(`${workflows}/definitions/${looped}/analytics?from=2026-13-01`)).toContain('no day');
    await refused(`${overview}?from=yesterday`);
    await refused(`${overview}?by=moon`);
  });

  it('know no definition that is not there', async () => {
    const unknown = await chatter.call('GET', `${workflows}/definitions/wf_${randomUUID()}/analytics`);
    expect([unknown.status, unknown.body.code]).toEqual([404, 'definition_not_found']);
  });

  it('of another tenant are its own', async () => {
    const apiKey = await chatter.keyOf('other@localhost', 'other');
    const asThem = (path: string) => chatter.call('GET', path, undefined, { authorization: `Bearer ${apiKey}` });
    expect((await asThem(overview)).body).toMatchObject({ total: { usage_count: 0 }, by_definition: [], by_model: [] });
    expect((await asThem(`${workflows}/definitions/${looped}/analytics`)).status).toBe(404);
  });
});

describe('Analytics as CSV', () => {
  it('hold the table that was asked for, by Accept or by format', async () => {
    const day = today();
    const { answer, lines } = await csv(`${overview}?from=${day}&to=${day}`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="overview-by-day-${day}-${day}.csv"`);
    expect(lines[0]).toBe(
      'day,usage_count,success_count,failure_count,cancelled_count,success_rate,execution_time_ms_avg,' +
        'execution_time_ms_p50,execution_time_ms_p95,execution_time_ms_p99,tokens_used,cost',
    );
    const { total } = await get(`${overview}?from=${day}&to=${day}`);
    const { avg, p50, p95, p99 } = total.execution_time_ms;
    const { usage_count, success_count, failure_count, cancelled_count, success_rate, tokens_used, cost } = total;
    const counts = [usage_count, success_count, failure_count, cancelled_count, success_rate];
    expect(lines[1]).toBe([day, ...counts, avg, p50, p95, p99, tokens_used, cost].join(','));
    expect(lines.slice(2)).toEqual(['']);
    expect((await csv(`${overview}?from=${day}&to=${day}&format=csv`, { accept: '*/*' })).lines).toEqual(lines);
  });

  it('are no formula where a name looks like one', async () => {
    const { lines } = await csv(`${overview}?by=definition`);
    const names = lines.slice(1, -1).map((row) => row.split(',')[1]);
    expect(names).toEqual(expect.arrayContaining(["'=Looped", 'Failing', 'Above']));
  });

  it('have their headers where there is nothing to tell', async () => {
    const { lines } = await csv(`${overview}?by=model&from=2020-01-01&to=2020-01-02`);
    expect(lines).toEqual(['model,calls,prompt_tokens,completion_tokens,cost', '']);
  });

  it('tell of a definition by node, and of a template on one line', async () => {
    const { definitions } = await get(`${workflows}/definitions?limit=200`);
    const { id } = definitions.find(({ name }: { name: string }) => name === '=Looped');
    const nodes = (await csv(`${workflows}/definitions/${id}/analytics`)).lines;
    expect(nodes[0]).toMatch(/^node_id,type,is_scope,runs,/);
    expect(nodes.slice(1).map((row) => row.split(',').slice(0, 4))).toEqual([
      ['ask', 'model', 'false', '4'],
      ['each', 'loop', 'true', '3'],
      ['end', 'end', 'false', '3'],
      ['start', 'start', 'false', '3'],
      [''],
    ]);
    const { templates } = await get(`${workflows}/templates?limit=1`);
    const one = (await csv(`${workflows}/templates/${templates[0].id}/analytics`)).lines;
    expect([one[0]!.split(',')[0], one[1]!.split(',')[0], one.length]).toEqual(['template_id', templates[0].id, 3]);
  });
});
