import { afterEach, describe, expect, it } from '@jest/globals';
import { edge, EngineUnderTest, graphOf, node } from '#runtime/testing';
import type { LiveTrigger, OnChange } from '../live-triggers.js';
import type { Schedule } from '../trigger.js';
import { Schedules } from './schedules.js';

const id = '00000000-0000-4000-8000-000000000001';
const ms = (time: string): number => Date.parse(time);

/** Triggers that a test makes live, and a clock that it moves. */
class World {
  readonly begun: string[] = [];
  readonly warned: string[] = [];
  now: number;
  failing: Error | null = null;
  private readonly live = new Map<string, LiveTrigger>();
  private readonly listeners = new Set<OnChange>();
  private readonly started: Schedules[] = [];

  constructor(now: string) {
    this.now = ms(now);
  }

  async start(begin = (_live: LiveTrigger<Schedule>, at: number) => this.note(at)): Promise<Schedules> {
    const schedules = new Schedules({
      live: { listen: (listener) => this.listen(listener) },
      begin,
      now: () => this.now,
      log: { warn: (_facts, message) => this.warned.push(message) },
    });
    this.started.push(schedules);
    await schedules.start();
    return schedules;
  }

  set(more: Partial<Schedule>, since: string, definitionId = id): void {
    const trigger: Schedule = {
      type: 'schedule',
      nodeId: 'times',
      recurrence: { cron: '0 * * * *', timeZone: 'UTC' },
      missed: 'skip',
      jitterMs: 0,
      ...more,
    };
    this.tell({ tenant: 'default', definitionId, owner: 'usr_1', since: ms(since), trigger });
  }

  tell(live: LiveTrigger): void {
    this.live.set(live.definitionId, live);
    for (const listener of this.listeners) listener(live.definitionId, live);
  }

  remove(definitionId = id): void {
    this.live.delete(definitionId);
    for (const listener of this.listeners) listener(definitionId, null);
  }

  async at(time: string, schedules: Schedules): Promise<readonly string[]> {
    this.now = ms(time);
    this.begun.length = 0;
    await schedules.wake();
    return [...this.begun];
  }

  async stop(): Promise<void> {
    for (const schedules of this.started) await schedules.stop();
  }

  private listen(listener: OnChange): () => void {
    this.listeners.add(listener);
    for (const [definitionId, live] of this.live) listener(definitionId, live);
    return () => this.listeners.delete(listener);
  }

  private async note(at: number): Promise<void> {
    if (this.failing) throw this.failing;
    this.begun.push(new Date(at).toISOString());
  }
}

let world: World;
afterEach(() => world.stop());

describe('Schedules', () => {
  it('begin each moment once while they are live, and none when they are not', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    world.set({}, '2026-01-01T08:30:00Z');
    expect(await world.at('2026-01-01T08:59:59.999Z', schedules)).toEqual([]);
    expect(await world.at('2026-01-01T09:00:00Z', schedules)).toEqual(['2026-01-01T09:00:00.000Z']);
    expect(await world.at('2026-01-01T09:00:01Z', schedules)).toEqual([]);
    expect(await world.at('2026-01-01T10:00:00.500Z', schedules)).toEqual(['2026-01-01T10:00:00.000Z']);
    world.remove();
    expect(await world.at('2026-01-01T11:00:00Z', schedules)).toEqual([]);
  });

  it.each([
    ['once', ['2026-01-02T08:00:00.000Z']],
    ['skip', []],
  ] as const)('that were live before the start look at the last moment only: %s', async (missed, expected) => {
    world = new World('2026-01-02T08:30:00Z');
    world.set({ missed }, '2026-01-01T00:30:00Z');
    const schedules = await world.start();
    expect(world.begun).toEqual(expected);
    expect(await world.at('2026-01-02T08:31:00Z', schedules)).toEqual([]);
  });

  it('that are told again go on where they were; a changed one begins anew', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    world.set({}, '2026-01-01T08:30:00Z');
    await world.at('2026-01-01T09:00:00Z', schedules);
    world.set({}, '2026-01-01T08:30:00Z');
    expect(await world.at('2026-01-01T09:00:01Z', schedules)).toEqual([]);
    world.set({ recurrence: { cron: '30 * * * *', timeZone: 'UTC' } }, '2026-01-01T09:10:00Z');
    expect(await world.at('2026-01-01T10:00:00Z', schedules)).toEqual([]);
    expect(await world.at('2026-01-01T10:30:00Z', schedules)).toEqual(['2026-01-01T10:30:00.000Z']);
  });

  it('do not wake for webhooks', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    world.set({}, '2026-01-01T08:30:00Z');
    world.tell({
      tenant: 'default',
      definitionId: id,
      owner: 'usr_1',
      since: 0,
      trigger: {
        type: 'webhook',
        nodeId: 'hook',
        path: 'x',
        methods: ['POST'],
        verify: { by: 'nothing' },
        bodySchema: null,
        respond: 'accepted',
        deliveryHeader: null,
      },
    });
    expect(await world.at('2026-01-01T09:00:00Z', schedules)).toEqual([]);
  });

  it('try again in a second where something is in the way, and lose nothing for a minute', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    world.set({}, '2026-01-01T08:30:00Z');
    world.failing = new Error('The store is away.');
    expect(await world.at('2026-01-01T09:00:00Z', schedules)).toEqual([]);
    expect(world.warned).toHaveLength(1);
    world.failing = null;
    expect(await world.at('2026-01-01T09:00:00.999Z', schedules)).toEqual([]);
    expect(await world.at('2026-01-01T09:00:01Z', schedules)).toEqual(['2026-01-01T09:00:00.000Z']);
  });

  it('by the hundred begin all of theirs', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    for (let n = 0; n < 250; n += 1) world.set({}, '2026-01-01T08:30:00Z', `definition ${n}`);
    expect(await world.at('2026-01-01T09:00:00Z', schedules)).toHaveLength(250);
  });

  it('after a jump of the clock by 40 days begin what is due then, and nothing twice when it is set back', async () => {
    world = new World('2026-01-01T08:30:00Z');
    const schedules = await world.start();
    world.set({ missed: 'once' }, '2026-01-01T08:30:00Z');
    expect(await world.at('2026-02-10T08:30:00Z', schedules)).toEqual(['2026-02-10T08:00:00.000Z']);
    expect(await world.at('2026-01-01T09:00:00Z', schedules)).toEqual([]);
    expect(await world.at('2026-02-10T09:00:00Z', schedules)).toEqual(['2026-02-10T09:00:00.000Z']);
  });

  it('wake by themselves', async () => {
    world = new World('2026-01-01T08:59:59.980Z');
    const begun = new Promise<number>((resolve) => {
      void world.start(async (_live, at) => resolve(at));
    });
    world.set({}, '2026-01-01T08:30:00Z');
    world.now = ms('2026-01-01T09:00:00Z');
    expect(await begun).toBe(ms('2026-01-01T09:00:00Z'));
  });
});

describe('Several processes, and one after the other', () => {
  it('begin one execution for one moment', async () => {
    world = new World('2026-01-01T08:59:59Z');
    const under = new EngineUnderTest();
    await under.publish(graphOf([node('start', 'start'), node('end', 'end')], [edge('start -> end')]), id);
    const begin = (engine: EngineUnderTest['engine']) => async (live: LiveTrigger<Schedule>, at: number) => {
      const scheduled_at = new Date(at).toISOString();
      const run = await engine.begin(
        { workflow_type: 'definition', definition_id: live.definitionId, input_data: { scheduled_at } },
        {
          caller: { sub: live.owner, tenant: 'default', via: 'schedule' },
          requestDigest: scheduled_at,
          idempotencyKey: `schedule ${scheduled_at}`,
        },
      );
      await run.accepted();
      world.begun.push(run.executionId);
    };
    const first = under.engine;
    const second = under.start();
    const both = [await world.start(begin(first)), await world.start(begin(second))];
    world.set({ missed: 'once' }, '2026-01-01T08:30:00Z');
    world.now = ms('2026-01-01T09:00:00Z');
    await Promise.all(both.map((schedules) => schedules.wake()));
    expect(world.begun).toHaveLength(2);
    expect(new Set(world.begun).size).toBe(1);

    world.now = ms('2026-01-01T09:30:00Z');
    await world.start(begin(under.start()));
    expect(world.begun).toHaveLength(3);
    expect(new Set(world.begun).size).toBe(1);
    const [executionId] = world.begun;
    const types = await under.types(executionId!);
    expect(types.filter((type) => type === 'ExecutionAccepted')).toHaveLength(1);
    for await (const { envelope } of under.store.readStream(`execution-${executionId}`, { limit: 1 }))
      expect(envelope.actor).toEqual({ sub: 'usr_1', via: 'timer' });
  });
});
