import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { MemoryEventStore } from '#event-store';
import type { Caller, Run } from '#runtime';
import { Definitions, type ToPublish } from '../definitions/definitions.js';
import { LiveTriggers } from './live-triggers.js';
import { Triggers, type TriggerParts } from './triggers.js';

const by: Caller = { sub: 'usr_1', tenant: 'default', via: 'session' };
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const wish = (type: string, config: object): ToPublish =>
  ({
    name: 'Triggered',
    description: '',
    tags: [],
    is_public: false,
    metadata: {},
    graph: { nodes: [{ id: 't', type, data: { config } }], edges: [] },
  }) as unknown as ToPublish;

let triggers: Triggers | undefined;
afterEach(async () => {
  await triggers?.stop();
  jest.useRealTimers();
});

async function setup(count: number, more: Partial<TriggerParts> = {}) {
  const store = new MemoryEventStore();
  const written = new Definitions(store, store.payloads);
  for (let n = 0; n < count; n += 1) {
    await written.create(idOf(n), wish('webhook', { path: `hook-${n}` }), by);
    await written.change(idOf(n), { active: n % 2 === 0 }, by);
  }
  const live = new LiveTriggers(store.payloads, { warn: () => undefined });
  const listed = Array.from({ length: count }, (_, n) => ({ id: idOf(n), tenant: 'default' }));
  const active = async ({ after = '', limit }: { after?: string; limit: number }) =>
    listed.filter(({ id }) => id > after).slice(0, limit);
  const waitFor = jest.fn<(position: string, ms: number) => Promise<boolean>>().mockResolvedValue(true);
  const begun: object[] = [];
  const warned: string[] = [];
  const parts: TriggerParts = {
    live,
    definitions: new Definitions(store, store.payloads, live),
    lists: { definitions: { active }, waitFor } as unknown as TriggerParts['lists'],
    head: () => store.head(),
    engine: {
      begin: async (request, options) => {
        begun.push({ request, options });
        return { accepted: async () => '' } as unknown as Run;
      },
    },
    accounts: { rightsOf: (subject) => (subject === 'usr_1' ? ['*'] : null) },
    log: { warn: (_facts, message) => warned.push(message) },
    ...more,
  };
  triggers = new Triggers(parts);
  return { triggers, live, begun, warned, waitFor, parts, listed };
}

describe('At the start', () => {
  it('what is active is live, by the page; what the list only believes to be active is not', async () => {
    const { triggers: started, live } = await setup(450);
    await started.start();
    expect(live.hookAt('default', 'hook-0')).not.toBeNull();
    expect(live.hookAt('default', 'hook-448')).not.toBeNull();
    expect(live.hookAt('default', 'hook-449')).toBeNull();
  });

  it('a list that is still being made is looked at again, until it is whole', async () => {
    jest.useFakeTimers();
    const { triggers: started, live, waitFor, listed, warned } = await setup(3);
    const late = listed.splice(2);
    waitFor.mockResolvedValue(false);
    await started.start();
    expect([live.hookAt('default', 'hook-2'), started.isWhole]).toEqual([null, false]);
    listed.push(...late);
    waitFor.mockRejectedValueOnce(new Error('closed')).mockResolvedValue(true);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(warned).toEqual(['The list of active definitions cannot be read']);
    await jest.advanceTimersByTimeAsync(30_000);
    expect([live.hookAt('default', 'hook-2')?.definitionId, started.isWhole]).toEqual([idOf(2), true]);
    const looked = waitFor.mock.calls.length;
    await jest.advanceTimersByTimeAsync(120_000);
    expect(waitFor.mock.calls.length).toBe(looked);
  });

  it('one that cannot be read is passed by', async () => {
    const { parts, live, warned } = await setup(3);
    const { definitions } = parts;
    const find = (tenant: string, id: string) =>
      id === idOf(0) ? Promise.reject(new Error('unreadable')) : definitions.find(tenant, id);
    triggers = new Triggers({ ...parts, definitions: { find } });
    await triggers.start();
    expect([live.hookAt('default', 'hook-0'), live.hookAt('default', 'hook-2')?.definitionId]).toEqual([null, idOf(2)]);
    expect(warned).toHaveLength(1);
  });

  it('an empty log has nothing to wait for', async () => {
    const { triggers: started, waitFor } = await setup(0);
    await started.start();
    expect(waitFor).not.toHaveBeenCalled();
  });
});

describe('What is scheduled', () => {
  const now = Date.parse('2026-01-01T09:00:00Z');
  const scheduledBy = async (owner: string) => {
    let clock = now - 1;
    const set = await setup(0, { now: () => clock });
    await set.triggers.start();
    const { definitions } = set.parts as unknown as { definitions: Definitions };
    await definitions.create(idOf(1), wish('schedule', { cron: '0 * * * *' }), { ...by, sub: owner });
    await definitions.change(idOf(1), { active: true }, by);
    const state = (await definitions.find('default', idOf(1)))!;
    await set.live.told('default', idOf(1), {
      ...state,
      active_since: '2026-01-01T08:30:00.000Z',
      versions: state.versions.map((each) => ({ ...each, published_at: '2026-01-01T08:00:00.000Z' })),
    });
    clock = now;
    await set.triggers.schedules.wake();
    return set;
  };

  it('begins as the owner, by the schedule, under a key of its own', async () => {
    const { begun } = await scheduledBy('usr_1');
    expect(begun).toEqual([
      {
        request: {
          workflow_type: 'definition',
          definition_id: idOf(1),
          input_data: { scheduled_at: '2026-01-01T09:00:00.000Z' },
        },
        options: {
          caller: { sub: 'usr_1', tenant: 'default', via: 'schedule' },
          requestDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
          idempotencyKey: `schedule ${idOf(1)} 2026-01-01T09:00:00.000Z`,
        },
      },
    ]);
  });

  it('does not begin for an owner who may not run it any more', async () => {
    const { begun, warned } = await scheduledBy('usr_gone');
    expect([begun, warned.length]).toEqual([[], 1]);
  });
});
