import { Session } from 'node:inspector/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EventStore } from '#event-store';
import { ExecutionEngine } from '#runtime';
import { Chatter } from '../support/chatter.js';
import { custom, line, node } from '../support/graphs.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const at = '/api/v1/workflows';
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let chatter: Chatter;
afterEach(() => chatter.close());

const publish = async (name: string, graph: object): Promise<string> =>
  (await chatter.call('POST', `${at}/definitions`, { name, ...graph })).body.id;

/** Begins one execution of the definition for each input, a hundred at a time. */
async function beginAll(definitionId: string, inputs: readonly object[]): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < inputs.length; from += 100) {
    const engine = chatter.nest.get(ExecutionEngine);
    const caller = { sub: 'usr_1', tenant: 'default', via: 'api_key' } as const;
    const runs = inputs
      .slice(from, from + 100)
      .map((input_data) =>
        engine.begin(
          { workflow_type: 'definition', definition_id: definitionId.slice(3), input_data: input_data as never },
          { caller, requestDigest: '' },
        ),
      );
    for (const run of await Promise.all(runs)) {
      await run.accepted();
      ids.push(run.executionId);
    }
  }
  return ids;
}

interface Timed {
  readonly due: number[];
  readonly fired: number[];
  ended: boolean;
}

async function timersOf(category: string): Promise<Map<string, Timed>> {
  const timers = new Map<string, Timed>();
  for await (const { type, stream, data, envelope } of chatter.nest
    .get(EventStore)
    .readAll({ categories: [category] })) {
    const timed = timers.get(stream) ?? { due: [], fired: [], ended: false };
    timers.set(stream, timed);
    if (type === 'TimerSet') timed.due.push(Date.parse((JSON.parse(data) as { due_at: string }).due_at));
    if (type === 'TimerFired') timed.fired.push(Date.parse(envelope.at));
    if (type === 'ExecutionCompleted') timed.ended = true;
  }
  return timers;
}

describe('Ten thousand timers, over three restarts', () => {
  const count = 10_000;

  it('all fire, none early, none twice', async () => {
    chatter = await Chatter.boot();
    const id = await publish('rests', line(node('rest', 'delay', { duration_ms: '{{ input.ms }}' })));
    const begun = Date.now();
    await beginAll(
      id,
      Array.from({ length: count }, (_, index) => ({ ms: (index * 7_919) % 30_000 })),
    );
    for (const moment of [10_000, 18_000, 26_000]) {
      await rest(Math.max(0, begun + moment - Date.now()));
      await chatter.restart();
    }
    let timers = await timersOf('execution');
    while ([...timers.values()].some(({ ended }) => !ended)) {
      await rest(250);
      timers = await timersOf('execution');
    }
    const all = [...timers.values()];
    expect(all).toHaveLength(count);
    expect(all.filter(({ due, fired }) => due.length !== 1 || fired.length !== 1)).toEqual([]);
    expect(all.filter(({ due, fired }) => fired[0]! < due[0]!)).toEqual([]);
  }, 180_000);
});

describe('A thousand executions that wait for a signal', () => {
  const count = 1_000;

  /** Bytes that are in use once everything that is not has been collected. */
  async function inUse(): Promise<number> {
    const session = new Session();
    session.connect();
    await session.post('HeapProfiler.collectGarbage');
    session.disconnect();
    return process.memoryUsage().heapUsed;
  }

  it('hold no memory beyond their row, and the signal of each wakes it alone', async () => {
    chatter = await Chatter.boot();
    const id = await publish('waits', line(node('paid', 'wait_signal', { name: 'paid' })));
    await beginAll(id, [{}]);
    const before = await inUse();
    const ids = await beginAll(
      id,
      Array.from({ length: count }, () => ({})),
    );
    const engine = chatter.nest.get(ExecutionEngine);
    while (engine.stats().active > 0) await rest(20);
    expect(((await inUse()) - before) / 1024 ** 2).toBeLessThan(100);

    const chosen = ids.filter((_, index) => index % 100 === 7);
    for (const [index, woken] of chosen.entries())
      await chatter.call('POST', `${at}/executions/exec_${woken}/signals/paid`, { payload: index });
    for (const [index, woken] of chosen.entries())
      expect(await chatter.until(`exec_${woken}`, 'completed')).toMatchObject({ output: index });
    const { body } = await chatter.call('GET', `${at}/executions?status=waiting&limit=1`);
    expect(body.total_count).toBe(count + 1 - chosen.length);
  }, 120_000);
});

describe('An approval inside a loop inside a map', () => {
  let upstream: Upstream;
  afterEach(() => upstream.close());

  it('decided after a restart, runs the guarded step once for each, under one key each', async () => {
    upstream = await startUpstream();
    chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1' } });
    const url = `${upstream.url}/pay?item={{ scopes.each.item }}`;
    const nodes = [
      node('start', 'start'),
      node('each', 'map', { items: '{{ input.items }}' }),
      node('twice', 'loop', { max_iterations: 2 }),
      node('ask', 'approval', { title: 'Pay {{ scopes.each.item }}, time {{ index }}?', guards: 'pay' }),
      node('pay', 'http_request', { url, method: 'POST', body: { n: '{{ index }}' } }),
      node('end', 'end'),
    ];
    const edges = [
      { source: 'start', target: 'each' },
      { source: 'each', source_handle: 'item', target: 'twice' },
      { source: 'twice', source_handle: 'continue', target: 'ask' },
      { source: 'ask', source_handle: 'approved', target: 'pay' },
      { source: 'pay', target: 'twice', target_handle: 'back' },
      { source: 'twice', source_handle: 'exit', target: 'each', target_handle: 'back' },
      { source: 'each', source_handle: 'done', target: 'end' },
    ];
    const begun = await chatter.execute(
      { workflow_type: 'custom', nodes, edges, input_data: { items: ['a', 'b', 'c'] } },
      { prefer: 'respond-async' },
    );
    const id = begun.body.execution_id as string;
    for (let round = 0; round < 2; round += 1) {
      await waitFor(async () => (await pending(id)).length === 3);
      await chatter.restart();
      for (const approval of await pending(id)) {
        const vote = { decision: 'approved', shown_digest: approval.shown_digest };
        const { status } = await chatter.call('POST', `${at}/executions/${id}/approvals/${approval.id}`, vote);
        expect(status).toBe(202);
      }
    }
    const result = await chatter.until(id, 'completed', 'failed');
    expect(result).toMatchObject({ status: 'completed' });
    const keys = upstream.log().map(({ key }) => key);
    const expected = [0, 1, 2].flatMap((item) => [0, 1].map((time) => `${id}/each[${item}]/twice[${time}]/pay`));
    expect(keys.toSorted()).toEqual(expected);
  }, 60_000);

  const pending = async (id: string): Promise<{ id: string; shown_digest: string }[]> =>
    (await chatter.call('GET', `${at}/approvals?status=pending&execution_id=${id}`)).body.approvals;

  async function waitFor(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await rest(20);
  }
});

describe('A map that gives up', () => {
  let upstream: Upstream;
  afterEach(() => upstream.close());

  it('leaves nothing running behind it, while the run goes on by its error port', async () => {
    upstream = await startUpstream({ delayMs: 600_000 });
    chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1' } });
    const hour = 3_600_000;
    const nodes = [
      node('start', 'start'),
      node('each', 'map', { items: [0, 1] }),
      node('call', 'http_request', { url: `${upstream.url}/{{ item }}`, method: 'POST' }),
      node('rest', 'delay', { duration_ms: hour }),
      node('soon', 'delay', { duration_ms: `{{ item == 0 ? 500 : ${hour} }}` }),
      node('fail', 'transform', { value: '{{ 1 / item }}' }),
      node('after', 'delay', { duration_ms: hour }),
    ];
    const edges = [
      { source: 'start', target: 'each' },
      ...['call', 'rest', 'soon'].map((target) => ({ source: 'each', source_handle: 'item', target })),
      { source: 'soon', target: 'fail' },
      ...['call', 'rest', 'fail'].map((source) => ({ source, target: 'each', target_handle: 'back' })),
      { source: 'each', source_handle: 'error', target: 'after' },
    ];
    const { body } = await chatter.execute({ workflow_type: 'custom', nodes, edges, input_data: {} });
    const id = body.execution_id as string;
    const result = () => chatter.call('GET', `${at}/executions/${id}`);
    while ((await result()).body.waiting_for?.path !== 'after') await rest(50);

    const { steps } = (await result()).body as { steps: { path: string; status: string }[] };
    const statusOf = Object.fromEntries(steps.map(({ path, status }) => [path, status]));
    expect(statusOf).toMatchObject({ each: 'failed', 'each[0]/fail': 'failed', after: 'waiting' });
    for (const path of ['each[0]/call', 'each[1]/call', 'each[0]/rest', 'each[1]/rest', 'each[1]/soon'])
      expect([path, statusOf[path]]).toEqual([path, 'cancelled']);
    const { timers } = (await chatter.call('GET', `${at}/timers?execution_id=${id}`)).body;
    expect(timers.map(({ path }: { path: string }) => path)).toEqual(['after']);
    while (chatter.nest.get(ExecutionEngine).stats().active > 0) await rest(20);
  }, 60_000);
});

describe('What waits for weeks', () => {
  it('is there after a restart, and is not due before its time', async () => {
    chatter = await Chatter.boot();
    const fortyDays = 40 * 24 * 60 * 60 * 1_000;
    const { body } = await chatter.execute(custom(node('rest', 'delay', { duration_ms: fortyDays })), {
      prefer: 'respond-async',
    });
    const waiting = await chatter.until(body.execution_id, 'waiting');
    await chatter.restart();
    expect(await chatter.until(body.execution_id, 'waiting')).toMatchObject({ waiting_for: waiting.waiting_for });
    const due = Date.parse(waiting.waiting_for.due_at);
    expect(Math.round((due - Date.parse(waiting.started_at)) / 1_000)).toBe(fortyDays / 1_000);
  });
});
