import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Chatter, type AnyBody } from '../support/chatter.js';
import { EventStoreDbServer } from '../support/eventstoredb/index.js';
import { custom, node } from '../support/graphs.js';
import { describeOnPostgres, postgresDatabase } from '../support/postgres/index.js';

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describeOnPostgres('Several processes on one log', () => {
  let log: EventStoreDbServer;
  let api: Chatter;
  let everything: Chatter;
  let workers: Chatter[];

  beforeAll(async () => {
    log = await EventStoreDbServer.start();
    const shared = {
      EVENT_STORE_URL: log.url,
      DATABASE_URL: await postgresDatabase(),
      AUTH_SECRET: 'the same for all processes of a test',
    };
    const boot = (role: string) => Chatter.boot({ variables: { ...shared, ROLE: role } });
    api = await boot('api');
    workers = [await boot('worker'), await boot('worker')];
    everything = await boot('all');
    for (const each of [...workers, everything]) each.apiKey = api.apiKey;
  });
  afterAll(async () => {
    for (const each of [api, everything, ...workers]) await each.close();
    await log.stop();
  });

  const executions = '/api/v1/workflows/executions';
  const execute = (at: Chatter, graph: object, more: object = {}, headers = {}) =>
    at.call('POST', '/api/v1/workflows/execute', { ...graph, ...more }, headers);
  const executed = async (at: Chatter, id: string): Promise<AnyBody> =>
    (await at.call('GET', `${executions}/${id}`)).body;
  const processOf = async (id: string): Promise<string> => {
    const { body } = await api.call('GET', `${executions}/${id}/events`);
    return (
      body.events.findLast(({ type }: { type: string }) => type === 'DriverTaken')?.data.process ?? 'whoever took it in'
    );
  };

  it('take requests in one place and carry them out in another: who asked has the answer', async () => {
    const { status, body } = await execute(api, custom(node('t', 'transform', { value: '{{ 6 * 7 }}' })));
    expect([status, body]).toMatchObject([200, { status: 'completed', output: 42 }]);
    expect(await processOf(body.execution_id)).not.toBe('whoever took it in');
    expect(await executed(everything, body.execution_id)).toMatchObject({ status: 'completed', output: 42 });
  });

  it('list what any of them has taken in', async () => {
    const { body, headers } = await execute(api, custom(node('t', 'transform', { value: 1 })));
    const position = headers.get('x-chatter-position');
    const listed = await everything.call('GET', `${executions}?min_position=${position}`);
    expect(listed.body.executions.map(({ execution_id }: AnyBody) => execution_id)).toContain(body.execution_id);
  });

  it('show an execution as it happens, wherever it does', async () => {
    const answer = await fetch(`${api.url}/api/v1/workflows/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...custom(node('t', 'transform', { value: 'seen' })),
        config: { streaming: true, stream_events: true },
      }),
    });
    const text = await answer.text();
    expect(text).toContain('"seen"');
    expect(text.trimEnd().split('\n\n').at(-1)).toContain('"type":"completion"');
  });

  it('heed each other: a signal, an approval and a cancel reach what waits or runs elsewhere', async () => {
    const waits = (
      await execute(everything, custom(node('w', 'wait_signal', { name: 'go' })), { config: { async: true } })
    ).body;
    await until(async () => (await executed(api, waits.execution_id)).status === 'waiting');
    await api.call('POST', `${executions}/${waits.execution_id}/signals/go`, { payload: 'gone' });
    await until(async () => (await executed(api, waits.execution_id)).status === 'completed');

    const asks = (await execute(api, custom(node('a', 'approval', { title: 'May it?' })), { config: { async: true } }))
      .body;
    await until(async () => (await executed(everything, asks.execution_id)).status === 'waiting');
    const pending = async () =>
      (await everything.call('GET', '/api/v1/workflows/approvals?status=pending')).body.approvals;
    await until(async () => (await pending()).length === 1);
    const [{ id, shown_digest }] = await pending();
    const decided = await everything.call('POST', `${executions}/${asks.execution_id}/approvals/${id}`, {
      decision: 'approved',
      shown_digest,
    });
    expect(decided.status).toBe(202);
    await until(async () => (await executed(api, asks.execution_id)).status === 'completed');

    const runs = (
      await execute(api, custom(node('d', 'delay', { duration_ms: 3_600_000 })), { config: { async: true } })
    ).body;
    await until(async () => (await executed(api, runs.execution_id)).status === 'waiting');
    expect((await everything.call('POST', `${executions}/${runs.execution_id}/cancel`, {})).status).toBe(202);
    await until(async () => (await executed(api, runs.execution_id)).status === 'cancelled');
  });

  it('answer one idempotency key with one execution, whichever of them is asked', async () => {
    const graph = custom(node('t', 'transform', { value: 7 }));
    const [first, second] = await Promise.all(
      [api, everything].map((at) => execute(at, graph, {}, { 'idempotency-key': 'one-for-all' })),
    );
    expect(second!.body.execution_id).toBe(first!.body.execution_id);
    expect([first!.body.output, second!.body.output]).toEqual([7, 7]);
  });

  it('know each other’s keys, and that one was revoked', async () => {
    const { body } = await api.call('POST', '/api/v1/auth/api-keys', {
      name: 'everywhere',
      scopes: ['executions:read'],
    });
    const tried = async () =>
      (await fetch(`${everything.url}${executions}`, { headers: { authorization: `Bearer ${body.key}` } })).status;
    await until(async () => (await tried()) === 200);
    await api.call('DELETE', `/api/v1/auth/api-keys/${body.id}`);
    await until(async () => (await tried()) === 401);
  });

  it('run the newest version of a definition, whichever of them has published it', async () => {
    const graph = (value: number) => {
      const { nodes, edges } = custom(node('t', 'transform', { value })) as { nodes: object[]; edges: object[] };
      return { name: 'Shared', nodes, edges };
    };
    const { body } = await api.call('POST', '/api/v1/workflows/definitions', graph(1));
    const run = async () =>
      (await execute(everything, { workflow_type: 'definition', definition_id: body.id })).body.output;
    expect(await run()).toBe(1);
    await api.call('PUT', `/api/v1/workflows/definitions/${body.id}`, graph(2));
    await until(async () => (await run()) === 2);
  });

  it('tell operators how they are, and send everybody else to those that take requests', async () => {
    const { status, body } = await workers[0]!.call('GET', executions);
    expect([status, body.code]).toEqual([421, 'wrong_role']);
    expect((await fetch(`${workers[0]!.url}/health/ready`)).status).toBe(200);
    expect((await workers[0]!.call('GET', '/health')).body).toMatchObject({
      event_store: { kind: 'eventstoredb', role: 'worker', reachable: true, lease_held: true },
      read_model: { failing: null },
    });
    const metrics = await fetch(`${workers[0]!.url}/metrics`, { headers: { authorization: `Bearer ${api.apiKey}` } });
    expect(await metrics.text()).toContain('chatter_lease_held 1');
  });
});
