import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { line, node } from '../support/graphs.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { begin, seeThrough, type Call } from './driving.js';
import { behindError, inScope, plain, samplesFor, withGate, type Graph, type Sample } from './samples.js';

const at = '/api/v1/workflows';
const names = Object.keys(samplesFor({ upstream: '', child: '' }));
const child = { name: 'child', ...line(node('say', 'transform', { value: 'said' })) };

let chatter: Chatter;
let upstream: Upstream;
let samples: Record<string, Sample>;
const call: Call = (method, path, body) => chatter.call(method, path, body);

beforeAll(async () => {
  upstream = await startUpstream();
  chatter = await Chatter.boot({ variables: { EGRESS_ALLOW: '127.0.0.1' } });
  const { body } = await call('POST', `${at}/definitions`, child);
  samples = samplesFor({ upstream: upstream.url, child: body.id });
});
afterAll(async () => {
  await chatter.close();
  await upstream.close();
});

const run = async (graph: Graph) => seeThrough(call, await begin(call, graph));
const statusOf = (result: { steps: { path: string; status: string }[] }, path: string) =>
  result.steps.find((step) => step.path === path)?.status;
const refused = async (graph: Graph): Promise<boolean> =>
  (await call('POST', `${at}/definitions/validate`, graph)).body.valid === false;

it('There is a sample of every node type', async () => {
  const { body } = await call('GET', `${at}/node-types`);
  const types = (body.node_types as { type: string }[]).map(({ type }) => type);
  expect([...new Set(Object.values(samples).map(({ type }) => type))].toSorted()).toEqual(types.toSorted());
});

describe.each(names)('%s', (name) => {
  it('plain', async () => {
    const result = await run(plain(samples[name]!));
    expect([result.status, result.error]).toEqual(['completed', null]);
    expect(statusOf(result, 'it')).toBe('succeeded');
  });

  it.each(['loop', 'map'] as const)('in a %s', async (scope) => {
    const { entry, terminal } = samples[name]!;
    const graph = inScope(samples[name]!, scope);
    if (entry || terminal) return expect(await refused(graph)).toBe(true); // a body has neither beginning nor end of its own
    const result = await run(graph);
    expect([result.status, result.error]).toEqual(['completed', null]);
    expect(['each[0]/it', 'each[1]/it'].map((path) => statusOf(result, path))).toEqual(['succeeded', 'succeeded']);
  });

  it('in a sub-workflow', async () => {
    const { body } = await call('POST', `${at}/definitions`, { name: `with ${name}`, ...plain(samples[name]!) });
    const id = await begin(call, line(node('call', 'sub_workflow', { definition_id: body.id })));
    let inner: string | undefined;
    while (inner === undefined) {
      const events = (await call('GET', `${at}/executions/${id}/events`)).body.events;
      inner = events.find(({ type }: { type: string }) => type === 'ChildStarted')?.data.child_id;
    }
    while ((await call('GET', `${at}/executions/exec_${inner}`)).status === 404)
      await new Promise((done) => setTimeout(done, 10));
    const result = await seeThrough(call, `exec_${inner}`);
    expect([result.status, statusOf(result, 'it')]).toEqual(['completed', 'succeeded']);
    expect((await seeThrough(call, id)).status).toBe('completed');
  });

  it('behind an error', async () => {
    const graph = behindError(samples[name]!);
    if (samples[name]!.entry) return expect(await refused(graph)).toBe(true); // nothing leads to where it begins
    const result = await run(graph);
    expect([result.status, result.error]).toEqual(['completed', null]);
    expect([statusOf(result, 'broken'), statusOf(result, 'it')]).toEqual(['failed', 'succeeded']);
  });

  it('cancelled in the middle', async () => {
    const id = await begin(call, withGate(samples[name]!));
    await seeThrough(call, id, { untilGate: true });
    expect((await call('POST', `${at}/executions/${id}/cancel`, {})).status).toBe(202);
    const result = await seeThrough(call, id);
    expect([result.status, statusOf(result, 'it')]).toEqual(['cancelled', 'succeeded']);
    expect([undefined, 'skipped', 'cancelled']).toContain(statusOf(result, 'again'));
  });
});

describe('Killed in the middle, and resumed', () => {
  it('every one of them goes on behind what was recorded, and does no step twice', async () => {
    const { startServer, client } = (await import('../chaos/server.mjs' as string)) as Server;
    const dataDir = await mkdtemp(join(tmpdir(), 'chatter-matrix-'));
    const environment = { EGRESS_ALLOW: '127.0.0.1', LOG_LEVEL: 'silent' };
    const first = await startServer({ dataDir, environment });
    const api = client(first.apiKey);
    let { url } = first;
    const callIt: Call = (method, path, body) => api.call(url, method, path.replace('/api/v1', ''), body);
    const { body } = await callIt('POST', `${at}/definitions`, child);
    const all = samplesFor({ upstream: upstream.url, child: body.id });
    const ids = new Map<string, string>();
    for (const [name, sample] of Object.entries(all)) ids.set(name, await begin(callIt, withGate(sample)));
    for (const id of ids.values()) await seeThrough(callIt, id, { untilGate: true });
    await first.kill();

    const second = await startServer({ dataDir, environment });
    url = second.url;
    let resumed = 0;
    for (const [name, id] of ids) {
      await callIt('POST', `${at}/executions/${id}/signals/gate`, {});
      const result = await seeThrough(callIt, id);
      expect([name, result.status, result.error]).toEqual([name, 'completed', null]);
      const { body: history } = await callIt('GET', `${at}/executions/${id}/events?limit=200`);
      const completed = (history.events as { type: string; data: { path: string } }[])
        .filter(({ type }) => type === 'StepCompleted')
        .map(({ data }) => data.path);
      expect([name, new Set(completed).size]).toEqual([name, completed.length]);
      expect((await callIt('GET', `${at}/executions/${id}/verify`)).body.valid).toBe(true);
      resumed += 1;
    }
    expect(resumed).toBe(names.length);
    await second.kill('SIGTERM');
    await rm(dataDir, { recursive: true, force: true });
  }, 120_000);
});

interface Server {
  startServer(options: { dataDir: string; environment: object }): Promise<{
    readonly url: string;
    readonly apiKey: string;
    kill(signal?: string): Promise<void>;
  }>;
  client(key: string): {
    call(url: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: never }>;
  };
}
