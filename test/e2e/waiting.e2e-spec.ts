import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, line, node } from '../support/graphs.js';

const at = '/api/v1/workflows';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const begin = async (body: object): Promise<string> => {
  const answer = await chatter.execute(body, { prefer: 'respond-async' });
  expect(answer.status).toBe(202);
  return answer.body.execution_id;
};
const signal = (id: string, name: string, body: object = {}, headers = {}) =>
  chatter.call('POST', `${at}/executions/${id}/signals/${name}`, body, headers);
const eventsOf = async (id: string) =>
  (await chatter.call('GET', `${at}/executions/${id}/events?limit=200`)).body.events as {
    type: string;
    data: { path?: string; idempotency_key?: string; taken?: string[] };
  }[];

describe('A signal', () => {
  const waits = custom(
    node('paid', 'wait_signal', { name: 'paid' }),
    node('say', 'transform', { value: '{{ incoming }}' }),
  );

  it('wakes the execution that waits for it, and is answered with where that stands now', async () => {
    const id = await begin(waits);
    const waiting = await chatter.until(id, 'waiting');
    expect(waiting.waiting_for).toMatchObject({ type: 'signal', name: 'paid', path: 'paid' });
    expect((await signal(id, 'paid', { payload: { amount: 3 } })).status).toBe(202);
    expect(await chatter.until(id, 'completed')).toMatchObject({ output: { amount: 3 } });
  });

  it('is kept when it comes early, over a restart too', async () => {
    const id = await begin(
      custom(node('rest', 'delay', { duration_ms: 700 }), node('paid', 'wait_signal', { name: 'paid' })),
    );
    expect((await signal(id, 'paid', { payload: 'early' })).status).toBe(202);
    await chatter.restart();
    expect(await chatter.until(id, 'completed')).toMatchObject({ output: 'early' });
  });

  it('is one under one Idempotency-Key', async () => {
    const id = await begin(waits);
    for (let time = 0; time < 2; time += 1) await signal(id, 'else', {}, { 'idempotency-key': 'k1' });
    expect((await eventsOf(id)).filter(({ type }) => type === 'SignalReceived')).toHaveLength(1);
  });

  it('is refused where it is malformed, or comes too late', async () => {
    const id = await begin(waits);
    expect((await signal(id, 'no%20name')).body).toMatchObject({ status: 400, code: 'invalid_request' });
    expect((await signal(id, 'paid', { paylod: 1 })).body).toMatchObject({ status: 400, code: 'invalid_request' });
    await signal(id, 'paid');
    await chatter.until(id, 'completed');
    expect((await signal(id, 'paid')).body).toMatchObject({ status: 409, code: 'execution_ended' });
    const nobody = `exec_${id.slice(5).replace(/^......../, '00000000')}`;
    expect((await signal(nobody, 'paid')).body).toMatchObject({ status: 404, code: 'execution_not_found' });
  });
});

describe('The list of timers', () => {
  const timers = async (query = '') =>
    (await chatter.call('GET', `${at}/timers?${query}`)).body.timers as Record<string, string>[];

  it('says what will happen by itself, and when, the first due first', async () => {
    const long = await begin(custom(node('rest', 'delay', { duration_ms: 3_600_000 })));
    const patient = await begin(custom(node('paid', 'wait_signal', { name: 'paid', expires_ms: 60_000 })));
    const endless = await begin(custom(node('paid', 'wait_signal', { name: 'paid' })));
    for (const id of [long, patient, endless]) await chatter.until(id, 'waiting');
    const mine = (await timers()).filter(({ execution_id: id }) => [long, patient, endless].includes(id!));
    expect(mine.map(({ execution_id, path, type }) => [execution_id, path, type])).toEqual([
      [patient, 'paid', 'signal'],
      [long, 'rest', 'timer'],
    ]);
    const { due_at: due, set_at: since } = mine[1]!;
    expect(Date.parse(due!) - Date.parse(since!)).toBe(3_600_000);
    expect(await timers(`execution_id=${long}&due_before=${since}`)).toEqual([]);
    expect(await timers(`execution_id=${long}&due_after=${since}`)).toEqual([mine[1]]);

    await signal(patient, 'paid');
    await chatter.until(patient, 'completed');
    await chatter.call('POST', `${at}/executions/${long}/cancel`, {});
    await chatter.until(long, 'cancelled');
    expect(await timers(`execution_id=${patient}`)).toEqual([]);
    expect(await timers(`execution_id=${long}`)).toEqual([]);
  });

  it('refuses what it does not understand', async () => {
    const of = async (query: string) => (await chatter.call('GET', `${at}/timers?${query}`)).body;
    expect(await of('due_before=soon')).toMatchObject({ status: 400, detail: expect.stringContaining('due_before') });
    expect(await of('sort=path')).toMatchObject({ status: 400 });
    expect(await of('due=now')).toMatchObject({ status: 400 });
  });
});

describe('An approval', () => {
  const ask = (config: object) => ({
    workflow_type: 'custom',
    nodes: [
      { id: 'start', type: 'start' },
      { id: 'ask', type: 'approval', data: { config: { title: 'Pay {{ input.amount }}?', ...config } } },
      { id: 'yes', type: 'transform', data: { config: { value: '{{ incoming.fields }}' } } },
      { id: 'end', type: 'end' },
    ],
    edges: [
      { source: 'start', target: 'ask' },
      { source: 'ask', source_handle: 'approved', target: 'yes' },
      { source: 'yes', target: 'end' },
    ],
    input_data: { amount: 3 },
  });
  const asked = async (id: string) =>
    (await chatter.call('GET', `${at}/approvals?execution_id=${id}`)).body.approvals as Record<string, unknown>[];
  const decide = (id: string, approval: Record<string, unknown>, body: object = {}) =>
    chatter.call('POST', `${at}/executions/${id}/approvals/${approval['id'] as string}`, {
      decision: 'approved',
      shown_digest: approval['shown_digest'],
      ...body,
    });

  it('is listed, decided, and settles the run', async () => {
    const fields = { type: 'object', properties: { note: { type: 'string' } }, required: ['note'] };
    const id = await begin(ask({ show: '{{ input }}', fields }));
    await chatter.until(id, 'waiting');
    const [approval] = await asked(id);
    expect(approval).toMatchObject({
      id: expect.stringMatching(/^appr_/),
      execution_id: id,
      node_id: 'ask',
      title: 'Pay 3?',
      shown: { amount: 3 },
      fields,
      status: 'pending',
      votes: [],
      quorum: 1,
      expires_at: null,
    });
    expect((await decide(id, approval!)).body).toMatchObject({ status: 422, code: 'invalid_fields' });
    expect((await decide(id, approval!, { fields: { note: 'fine' }, shown_digest: 'sha256:0' })).body).toMatchObject({
      status: 409,
      code: 'approval_changed',
    });
    expect((await decide(id, approval!, { fields: { note: 'fine' }, comment: 'go' })).status).toBe(202);
    expect(await chatter.until(id, 'completed')).toMatchObject({ output: { note: 'fine' } });
    expect(await asked(id)).toMatchObject([{ status: 'approved', votes: [{ decision: 'approved' }] }]);
    expect((await decide(id, approval!, { fields: { note: 'fine' } })).status).toBe(202); // the same again: a no-op
    expect((await decide(id, approval!, { decision: 'rejected', fields: { note: '' } })).body).toMatchObject({
      status: 409,
      code: 'approval_settled',
    });
  });

  it('is for its assignees alone, by id or e-mail', async () => {
    const id = await begin(ask({ assignees: ['somebody@else.example'] }));
    await chatter.until(id, 'waiting');
    const [approval] = await asked(id);
    expect((await decide(id, approval!)).body).toMatchObject({ status: 403, code: 'approval_not_yours' });
    const mine = await chatter.call('GET', `${at}/approvals?status=pending&assignee=me&execution_id=${id}`);
    expect(mine.body.approvals).toEqual([]);
    const own = await begin(ask({ assignees: ['admin@localhost'] }));
    await chatter.until(own, 'waiting');
    expect((await decide(own, (await asked(own))[0]!)).status).toBe(202);
  });

  it('ends with its execution', async () => {
    const id = await begin(ask({}));
    await chatter.until(id, 'waiting');
    await chatter.call('POST', `${at}/executions/${id}/cancel`, {});
    await chatter.until(id, 'cancelled');
    expect(await asked(id)).toMatchObject([{ status: 'cancelled' }]);
  });

  it('is not there under another id', async () => {
    const id = await begin(ask({}));
    await chatter.until(id, 'waiting');
    expect((await decide(id, { id: 'appr_1', shown_digest: 'x' })).body).toMatchObject({ code: 'approval_not_found' });
    const other = `appr_${id.slice(5)}`;
    expect((await decide(id, { id: other, shown_digest: 'x' })).body).toMatchObject({ code: 'approval_not_found' });
  });
});

describe('A sub-workflow', () => {
  const publish = async (body: object): Promise<string> =>
    (await chatter.call('POST', `${at}/definitions`, { edges: [], ...body })).body.id;
  const calling = (definition_id: string, more: object = {}) =>
    custom(node('call', 'sub_workflow', { definition_id, input: { n: 20 }, ...more }));

  it('runs as an execution of its own, linked to its parent, and gives its output', async () => {
    const child = await publish({ name: 'twice', ...line(node('n', 'transform', { value: '{{ input.n * 2 }}' })) });
    const id = await begin(calling(child));
    const result = await chatter.until(id, 'completed', 'failed');
    expect(result).toMatchObject({ output: 40 });
    const started = (await eventsOf(id)).find(({ type }) => type === 'ChildStarted')!;
    const childId = `exec_${(started.data as { child_id?: string }).child_id}`;
    const ran = (await chatter.call('GET', `${at}/executions/${childId}`)).body;
    expect(ran).toMatchObject({ status: 'completed', metadata: { parent_execution_id: id, definition_version: 1 } });
  });

  it('goes on after a restart, whichever of the two was under way', async () => {
    const child = await publish({ name: 'slow', ...line(node('rest', 'delay', { duration_ms: 600 })) });
    const id = await begin(calling(child));
    await chatter.until(id, 'waiting', 'running');
    await chatter.restart();
    expect(await chatter.until(id, 'completed', 'failed')).toMatchObject({ status: 'completed' });
  });

  it('is not waited for where its parent says so', async () => {
    const child = await publish({ name: 'long', ...line(node('rest', 'delay', { duration_ms: 60_000 })) });
    const id = await begin(calling(child, { wait: false }));
    const { output } = await chatter.until(id, 'completed', 'failed');
    expect(await chatter.until(output.execution_id, 'waiting')).toMatchObject({ success: null });
  });

  it('is cancelled with its parent', async () => {
    const child = await publish({ name: 'longer', ...line(node('rest', 'delay', { duration_ms: 60_000 })) });
    const id = await begin(calling(child));
    const { waiting_for } = await chatter.until(id, 'waiting');
    expect(waiting_for).toMatchObject({ type: 'child' });
    await chatter.until(waiting_for.execution_id, 'waiting');
    await chatter.call('POST', `${at}/executions/${id}/cancel`, { reason: 'enough' });
    await chatter.until(id, 'cancelled');
    expect(await chatter.until(waiting_for.execution_id, 'cancelled')).toMatchObject({ success: false });
  });

  it('is cancelled with the iteration that waits for it, while its parent goes on', async () => {
    const child = await publish({ name: 'longest', ...line(node('rest', 'delay', { duration_ms: 3_600_000 })) });
    const nodes = [
      node('start', 'start'),
      node('each', 'map', { items: [0, 1] }),
      node('call', 'sub_workflow', { definition_id: child, input: {} }),
      node('go', 'wait_signal', { name: 'go' }),
      node('fail', 'transform', { value: '{{ 1 / item }}' }),
      node('after', 'delay', { duration_ms: 3_600_000 }),
    ];
    const edges = [
      { source: 'start', target: 'each' },
      ...['call', 'go'].map((target) => ({ source: 'each', source_handle: 'item', target })),
      { source: 'go', target: 'fail' },
      ...['call', 'fail'].map((source) => ({ source, target: 'each', target_handle: 'back' })),
      { source: 'each', source_handle: 'error', target: 'after' },
    ];
    const id = await begin({ workflow_type: 'custom', nodes, edges, input_data: {} });
    const started = async () => (await eventsOf(id)).filter(({ type }) => type === 'ChildStarted');
    while ((await started()).length < 2) await chatter.until(id, 'waiting');
    const children = (await started()).map(({ data }) => `exec_${(data as { child_id?: string }).child_id}`);
    for (const childId of children) await chatter.until(childId, 'waiting');
    await signal(id, 'go');
    for (const childId of children) expect((await chatter.until(childId, 'cancelled')).success).toBe(false);
    expect(await chatter.until(id, 'waiting')).toMatchObject({ waiting_for: { path: 'after' } });
  });

  it('brings its failure up', async () => {
    const child = await publish({
      name: 'broken',
      ...line(node('x', 'transform', { value: '{{ input.none.at.all }}' })),
    });
    const id = await begin(calling(child));
    expect((await chatter.until(id, 'failed')).error).toMatchObject({ code: 'child_failed', node_id: 'call' });
    const nobody = 'wf_00000000-0000-7000-8000-000000000000';
    const none = await begin(calling(nobody));
    expect((await chatter.until(none, 'failed')).error).toMatchObject({ code: 'definition_not_found' });
  });
});

describe('Another try', () => {
  const retry = (id: string, body: object = {}, headers = {}) =>
    chatter.call('POST', `${at}/executions/${id}/retry`, body, headers);
  const failing = custom(
    node('once', 'transform', { value: '{{ input.n + 1 }}' }),
    node('broken', 'transform', { value: '{{ input.none.at.all }}' }),
  );

  it('is a new execution with lineage, in which what had settled is recalled', async () => {
    const { body: source } = await chatter.execute({ ...failing, input_data: { n: 1 } });
    const again = await retry(source.execution_id);
    expect(again.status).toBe(202);
    const id = again.body.execution_id;
    expect(again.headers.get('location')).toContain(id);
    const result = await chatter.until(id, 'failed');
    expect(result.metadata).toMatchObject({ retried_from: source.execution_id });
    const recalled = (await eventsOf(id)).filter(({ data }) => (data as { recalled?: boolean }).recalled);
    expect(recalled.map(({ data }) => data.path)).toEqual(['start', 'once']);
  });

  it('recalls nothing from the start, and all but what comes after from a node', async () => {
    const { body: source } = await chatter.execute({ ...failing, input_data: { n: 1 } });
    const paths = async (body: object) => {
      const { execution_id: id } = (await retry(source.execution_id, body)).body;
      await chatter.until(id, 'failed');
      return (await eventsOf(id))
        .filter(({ data }) => (data as { recalled?: boolean }).recalled)
        .map(({ data }) => data.path);
    };
    expect(await paths({ from: 'start' })).toEqual([]);
    expect(await paths({ node_id: 'once' })).toEqual(['start']);
  });

  it('is one under one Idempotency-Key', async () => {
    const { body: source } = await chatter.execute({ ...failing, input_data: { n: 1 } });
    const headers = { 'idempotency-key': 'again' };
    const first = await retry(source.execution_id, {}, headers);
    const second = await retry(source.execution_id, {}, headers);
    expect(second.body.execution_id).toBe(first.body.execution_id);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect((await retry(source.execution_id, { from: 'start' }, headers)).body.code).toBe('idempotency_key_reused');
  });

  it('is refused where there is nothing to try, or no such step', async () => {
    const waiting = await begin(custom(node('w', 'wait_signal', { name: 'x' })));
    expect((await retry(waiting)).body).toMatchObject({ status: 409, code: 'execution_not_ended' });
    const { body: source } = await chatter.execute({ ...failing, input_data: { n: 1 } });
    expect((await retry(source.execution_id, { node_id: 'none' })).body).toMatchObject({
      status: 404,
      code: 'step_not_found',
    });
    expect((await retry(source.execution_id, { from: 'now' })).body).toMatchObject({ status: 400 });
    const { body: refused } = await chatter.execute({ workflow_type: 'custom', nodes: [], edges: [] });
    expect((await retry(refused.execution_id)).body).toMatchObject({ status: 409, code: 'nothing_to_retry' });
  });
});
