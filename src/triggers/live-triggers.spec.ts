import { describe, expect, it } from '@jest/globals';
import type { Graph } from '#engine';
import { MemoryEventStore } from '#event-store';
import type { Caller } from '#runtime';
import { Definitions, type ToPublish } from '../definitions/definitions.js';
import { LiveTriggers, type LiveTrigger } from './live-triggers.js';
import { triggerIn } from './trigger.js';
import { triggerViews } from './trigger-view.js';

const first = '00000000-0000-4000-8000-000000000001';
const second = '00000000-0000-4000-8000-000000000002';
const by: Caller = { sub: 'usr_1', tenant: 'default', via: 'session' };

const graph = (type: string, config: object, data: object = {}): Graph =>
  ({
    nodes: [
      { id: 'trigger', type, data: { config, ...data } },
      { id: 'end', type: 'end', data: { config: {} } },
    ],
    edges: [{ id: 'e', source: 'trigger', target: 'end', source_handle: 'out', target_handle: 'in', data: {} }],
  }) as unknown as Graph;
const hook = (path: string) => graph('webhook', { path });
const hourly = graph('schedule', { cron: '0 * * * *' });
const wish = (of: Graph, name = 'Triggered'): ToPublish => ({
  name,
  description: '',
  tags: [],
  is_public: false,
  metadata: {},
  graph: of,
});

function setup() {
  const store = new MemoryEventStore();
  const warned: object[] = [];
  const live = new LiveTriggers(store.payloads, { warn: (facts) => warned.push(facts) });
  const changes: (readonly [string, LiveTrigger | null])[] = [];
  live.listen((id, each) => changes.push([id, each]));
  return { store, live, warned, changes, definitions: new Definitions(store, store.payloads, live) };
}

describe('A trigger', () => {
  it('is live while its definition is active, as its newest version has it (rule 1)', async () => {
    const { definitions, live, changes } = setup();
    await definitions.create(first, wish(hook('a')), by);
    expect(live.hookAt('default', 'a')).toBeNull();
    await definitions.change(first, { active: true }, by);
    expect(live.hookAt('default', 'a')).toMatchObject({ definitionId: first, owner: 'usr_1', tenant: 'default' });
    expect([live.hookAt('other', 'a'), live.hookAt('default', 'b')]).toEqual([null, null]);
    await definitions.publish(first, wish(hook('/b')), by);
    expect([live.hookAt('default', 'a'), live.hookAt('default', 'b')?.definitionId]).toEqual([null, first]);
    await definitions.publish(first, wish(hourly), by);
    expect(live.hookAt('default', 'b')).toBeNull();
    await definitions.publish(first, wish(graph('start', {})), by);
    await definitions.publish(first, wish(hook('c')), by);
    await definitions.delete(first, by);
    expect(live.hookAt('default', 'c')).toBeNull();
    expect(changes.map(([, each]) => each?.trigger.type ?? null)).toEqual([
      'webhook',
      'webhook',
      'schedule',
      null,
      'webhook',
      null,
    ]);
  });

  it('that is switched off is none', async () => {
    expect(triggerIn(graph('webhook', { path: 'x' }, { enabled: false }))).toBeNull();
    expect(triggerIn(graph('start', {}))).toBeNull();
  });

  it('is the same since it was brought or activated, whichever came later (rule 2)', async () => {
    const { definitions, live, changes } = setup();
    const { definition } = await definitions.create(first, wish(hourly), by);
    await definitions.change(first, { active: true }, by);
    const activated = Date.parse((await definitions.find('default', first))!.active_since!);
    expect(changes.at(-1)?.[1]).toMatchObject({ since: activated });
    const later = (published_at: string, digest: string) => ({
      ...definition.state,
      status: 'published' as const,
      active: true,
      active_since: '2026-01-01T00:00:00.000Z',
      versions: [
        { ...definition.state.versions[0]!, published_at: '2025-01-01T00:00:00.000Z' },
        { ...definition.state.versions[0]!, published_at, graph_digest: digest },
      ],
    });
    const sameDigest = definition.state.versions[0]!.graph_digest;
    await live.told('default', first, later('2026-02-01T00:00:00.000Z', sameDigest));
    expect(changes.at(-1)?.[1]?.since).toBe(Date.parse('2026-01-01T00:00:00Z'));
    const other = await definitions.create(second, wish(hook('z')), by);
    await live.told(
      'default',
      first,
      later('2026-02-01T00:00:00.000Z', other.definition.state.versions[0]!.graph_digest),
    );
    expect(changes.at(-1)?.[1]?.since).toBe(Date.parse('2026-02-01T00:00:00Z'));
  });

  it('that cannot be read is not live, and nothing else is in the way', async () => {
    const { definitions, live, warned } = setup();
    const { definition } = await definitions.create(first, wish(hook('a')), by);
    const version = { ...definition.state.versions[0]!, graph_digest: 'sha256:missing' };
    await live.told('default', first, { ...definition.state, active: true, versions: [version] });
    expect([live.hookAt('default', 'a'), warned.length]).toEqual([null, 1]);
  });
});

describe('An address', () => {
  it('belongs to the definition that had it first (rule 3)', async () => {
    const { definitions, live } = setup();
    for (const id of [first, second]) await definitions.create(id, wish(hook('a'), id), by);
    await definitions.change(first, { active: true }, by);
    await expect(definitions.change(second, { active: true }, by)).rejects.toMatchObject({
      code: 'hook_path_taken',
      facts: { definition_id: `wf_${first}` },
    });
    const state = (await definitions.find('default', second))!;
    await live.told('default', second, { ...state, active: true, active_since: '2100-01-01T00:00:00.000Z' });
    expect(live.hookAt('default', 'a')?.definitionId).toBe(first);
    await definitions.change(first, { active: false }, by);
    expect(live.hookAt('default', 'a')?.definitionId).toBe(second);
  });

  it('may be taken again by its own definition, and by one of another tenant', async () => {
    const { definitions, live } = setup();
    await definitions.create(first, wish(hook('a')), by);
    await definitions.change(first, { active: true }, by);
    await definitions.change(first, { active: true }, by);
    await definitions.publish(first, wish(hook('a'), 'Again'), by);
    await definitions.create(second, wish(hook('a')), { ...by, tenant: 'other' });
    await definitions.change(second, { active: true }, { ...by, tenant: 'other' });
    expect([live.hookAt('default', 'a')?.definitionId, live.hookAt('other', 'a')?.definitionId]).toEqual([
      first,
      second,
    ]);
  });
});

describe('A listener', () => {
  it('is told what is live already, and no more once it has gone', async () => {
    const { definitions, live } = setup();
    await definitions.create(first, wish(hook('a')), by);
    await definitions.change(first, { active: true }, by);
    const heard: string[] = [];
    const leave = live.listen((id) => heard.push(id));
    expect(heard).toEqual([first]);
    leave();
    await definitions.change(first, { active: false }, by);
    expect(heard).toEqual([first]);
  });
});

describe('A definition shows', () => {
  const now = Date.parse('2026-01-01T08:30:00Z');

  it('where its webhook is', () => {
    const view = (base: string, tenant: string) =>
      triggerViews(hook('a/b'), { active: true }, { tenant, base, now })[0]?.url;
    expect(view('', 'default')).toBe('/hooks/default/a/b');
    expect(view('https://chatter.example/', 'of us')).toBe('https://chatter.example/hooks/of%20us/a/b');
  });

  it('when its schedule is next, while it is live', () => {
    const next = (of: Graph, active: boolean) =>
      triggerViews(of, { active }, { tenant: 'default', base: '', now })[0]?.next_firing_at;
    expect(next(hourly, true)).toBe('2026-01-01T09:00:00.000Z');
    expect(next(hourly, false)).toBeNull();
    expect(next(graph('schedule', { cron: '0 9 * * *', time_zone: 'Europe/Berlin' }), true)).toBe(
      '2026-01-02T08:00:00.000Z',
    );
    expect(next(graph('schedule', { cron: '0 0 31 2 *' }), true)).toBeNull();
    expect(triggerViews(graph('start', {}), { active: true }, { tenant: 'default', base: '', now })).toEqual([]);
  });
});
