import { afterEach, describe, expect, it } from '@jest/globals';
import { executionStream, MemoryLeases, StoreUnavailable } from '#event-store';
import type { Graph } from '#engine';
import { NodeFailure, type NodeContext } from '#plugin-sdk';
import type { ExecutionEngine } from './execution-engine.js';
import { mayCall } from './steps/speaking.js';
import { caller, EngineUnderTest, gate, graphOf, line, node } from './testing/index.js';

const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Processes over one log, and one clock for their leases that only the test moves. */
class Processes extends EngineUnderTest {
  private clock = 0;
  private readonly lives = new Map<string, number>();
  private readonly started: ExecutionEngine[] = [];
  readonly leases: MemoryLeases[] = [];

  async another(name: string, { drives = true, store = this.store, atOnce = 1_000 } = {}): Promise<ExecutionEngine> {
    const shared = { openExecutions: this.store.openExecutions, lives: this.lives, now: () => this.clock };
    const leases = new MemoryLeases(name, shared, drives);
    const engine = this.start({ leases, store, atOnce });
    this.leases.push(leases);
    this.started.push(engine);
    await engine.recover();
    return engine;
  }

  /** Time goes by; only these processes renew their leases. */
  pass(ms: number, alive: readonly string[]): void {
    this.clock += ms;
    for (const leases of this.leases) if (alive.includes(leases.process)) leases.renew();
  }

  beginOn(engine: ExecutionEngine, graph: Graph, streaming = false) {
    this.engine = engine;
    return this.begin(graph, {}, { config: { streaming } as never });
  }

  async end(): Promise<void> {
    await Promise.all(this.started.map((engine) => engine.stop(0)));
  }
}

let test: Processes;
afterEach(() => test.end());

const status = async (engine: ExecutionEngine, id: string) => (await engine.result('default', id))?.status;

describe('of several processes', () => {
  it('one drives an execution while it lives, and another once its lease is over', async () => {
    const calls: string[] = [];
    const [busy, never] = [gate(), gate()];
    test = new Processes({
      keyed: async ({ nodeId }: NodeContext) => {
        calls.push(nodeId);
        if (calls.length === 2) {
          busy.open();
          await never.opened;
        }
        return { port: 'out', output: nodeId };
      },
    });
    const a = await test.another('a');
    const run = await test.beginOn(a, line(node('one', 'keyed'), node('two', 'keyed')));
    await busy.opened;
    const b = await test.another('b');
    test.pass(5_000, ['a', 'b']);
    await new Promise((resolve) => setTimeout(resolve, 600)); // it looks around more than once
    expect(await test.types(run.executionId)).not.toContain('DriverTaken');

    test.pass(9_000, ['b']);
    await until(async () => (await status(b, run.executionId)) === 'completed');
    expect(calls).toEqual(['one', 'two', 'two']);
    expect((await test.types(run.executionId)).filter((type) => type === 'DriverTaken')).toHaveLength(1);

    never.open(); // the first one wakes up, and what it has to say is refused
    await until(() => a.stats().active === 0);
    expect((await test.types(run.executionId)).filter((type) => type === 'ExecutionCompleted')).toHaveLength(1);
  });

  it('makes no call once its lease is over, though its start has become durable', async () => {
    let calls = 0;
    test = new Processes({ keyed: () => ((calls += 1), { port: 'out', output: calls }) });
    const a = await test.another('a');
    const append = test.store.append.bind(test.store);
    let frozen = false;
    test.store.append = async (...args) => {
      const appended = await append(...args);
      if (!frozen && args[2].some(({ type }) => type === 'StepStarted')) {
        frozen = true;
        test.pass(9_000, []);
      }
      return appended;
    };
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([frozen, calls, await status(a, run.executionId)]).toEqual([true, 0, 'running']);
    test.pass(0, ['a']); // nobody else was there: the step is dealt with as after a crash, and called under its key
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(calls).toBe(1);
    expect(await test.types(run.executionId)).toEqual(expect.arrayContaining(['DriverTaken', 'StepUncertain']));
  });

  it('records no failure of a time in which its lease was over, though it is back and nobody else was there', async () => {
    let calls = 0;
    test = new Processes({
      keyed: () => {
        calls += 1;
        if (calls > 1) return { port: 'out', output: calls };
        test.pass(9_000, []);
        test.pass(0, ['a']);
        throw new NodeFailure({ code: 'lease_over', message: 'Frozen.' });
      },
    });
    const a = await test.another('a');
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await until(async () => (await status(a, run.executionId)) !== 'running');
    expect([calls, await status(a, run.executionId)]).toEqual([2, 'completed']);
    const types = await test.types(run.executionId);
    expect(types).toEqual(expect.arrayContaining(['DriverTaken', 'StepUncertain']));
    expect(types).not.toContain('StepFailed');
  });

  it('lets no attempt call that began before its lease was over, until the execution is claimed again', async () => {
    const may: Record<string, boolean> = {};
    test = new Processes({
      keyed: async () => {
        const asked = mayCall(test.leases[0]!);
        may['at first'] = asked();
        test.pass(9_000, []);
        may['while it is over'] = asked();
        test.pass(0, ['a']);
        may['when it is back'] = asked();
        await Promise.resolve();
        may['a moment later'] = asked();
        while (!asked()) await new Promise((resolve) => setTimeout(resolve, 5));
        return { port: 'out', output: 'claimed again' };
      },
    });
    const a = await test.another('a');
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(may).toEqual({
      'at first': true,
      'while it is over': false,
      'when it is back': false,
      'a moment later': false,
    });
    expect(mayCall(test.leases[0]!)()).toBe(true); // it is nobody's attempt that asks
    expect(await test.types(run.executionId)).not.toContain('StepUncertain');
  });

  it('takes up anew what another one drove while its own append was under way, and who is gone', async () => {
    const never = gate();
    const calls: string[] = [];
    test = new Processes({
      keyed: async ({ nodeId }: NodeContext) => {
        calls.push(nodeId);
        if (calls.length === 2) await never.opened; // the other one's, which never ends
        return { port: 'out', output: nodeId };
      },
    });
    const a = await test.another('a');
    const append = test.store.append.bind(test.store);
    let held = false;
    test.store.append = async (...args) => {
      if (!held && args[1] !== 'no_stream' && args[2].some(({ type }) => type === 'StepStarted')) {
        held = true;
        test.pass(9_000, ['b']);
        await until(() => calls.length === 2);
        test.pass(9_000, ['a']); // nobody renews for b
        await new Promise((resolve) => setTimeout(resolve, 600)); // a claims it again meanwhile
      }
      return append(...args);
    };
    await test.another('b');
    const run = await test.beginOn(a, line(node('one', 'keyed'), node('two', 'keyed')));
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(calls).toEqual(['one', 'one', 'one', 'two']);
    expect((await test.types(run.executionId)).filter((type) => type === 'ExecutionCompleted')).toHaveLength(1);
    never.open();
  });

  it('takes up anew what it drove itself, and another one had claimed who is gone before it wrote anything', async () => {
    const never = gate();
    let calls = 0;
    test = new Processes({
      keyed: async () => {
        calls += 1;
        if (calls === 1) await never.opened;
        return { port: 'out', output: calls };
      },
    });
    const a = await test.another('a');
    const append = test.store.append.bind(test.store);
    let claimed = false;
    test.store.append = async (...args) => {
      if (args[2].some(({ type, data }) => type === 'DriverTaken' && data.includes('"b"'))) {
        claimed = true;
        await never.opened;
      }
      return append(...args);
    };
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await until(() => calls === 1);
    const b = await test.another('b');
    test.pass(9_000, ['b']);
    await until(() => claimed);
    test.pass(0, ['a', 'b']);
    await until(() => a.stats().active === 0); // it sees that it is b's now
    test.pass(9_000, ['a']);
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(calls).toBe(2);
    never.open();
    await until(() => b.stats().active === 0); // what it had to say is refused
    expect((await test.types(run.executionId)).filter((type) => type === 'ExecutionCompleted')).toHaveLength(1);
  });

  it('claims everything again when the log was away the first time', async () => {
    const busy = gate();
    test = new Processes({ keyed: async () => (await busy.opened, { port: 'out', output: 1 }) });
    const a = await test.another('a');
    const run = await test.beginOn(a, line(node('one', 'keyed'), node('two', 'keyed')));
    await run.accepted();
    const [leases] = test.leases as [MemoryLeases];
    const claim = leases.claim.bind(leases);
    let refused = 0;
    leases.claim = async (stream) => {
      if (refused === 2) return claim(stream);
      refused += 1;
      throw new StoreUnavailable('Away.');
    };
    test.pass(9_000, []);
    test.pass(0, ['a']);
    busy.open();
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(refused).toBe(2);
  });

  it('each answers for all: whoever is asked waits for the end, and shows what happens', async () => {
    const { opened, open } = gate();
    test = new Processes({ keyed: async () => (await opened, { port: 'out', output: 'done' }) });
    const a = await test.another('a');
    const b = await test.another('b');
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await run.accepted();
    const frames: string[] = [];
    const watching = (async () => {
      const signal = new AbortController().signal;
      for await (const frame of await b.watch('default', run.executionId, { signal }))
        if (frame.type === 'event') frames.push(frame.event.type);
    })();
    test.engine = b;
    const definition = { workflow_type: 'definition', definition_id: '00000000-0000-4000-8000-000000000001' } as const;
    const joined = await b.begin(definition, { caller, requestDigest: 'x', idempotencyKey: 'k' });
    const again = await a.begin(definition, { caller, requestDigest: 'x', idempotencyKey: 'k' });
    expect(again).toMatchObject({ executionId: joined.executionId, replayed: true });
    const settled = again.settled(5_000);
    open();
    expect(await settled).toMatchObject({ status: 'completed', output: 'done' });
    await watching;
    expect(frames).toEqual(await test.types(run.executionId));
  });

  it('each may cancel: who drives it hears of it, and aborts what runs', async () => {
    const started = gate();
    let aborted = false;
    test = new Processes({
      keyed: ({ signal }: NodeContext) =>
        new Promise((_resolve, reject) => {
          started.open();
          signal.addEventListener('abort', () => ((aborted = true), reject(signal.reason as Error)));
        }),
    });
    const a = await test.another('a');
    const b = await test.another('b');
    const run = await test.beginOn(a, line(node('one', 'keyed')));
    await started.opened;
    await b.cancel('default', run.executionId, { by: caller, reason: 'Enough.', force: false });
    await until(async () => (await status(b, run.executionId)) === 'cancelled');
    await until(() => a.stats().active === 0);
    expect(aborted).toBe(true);
    expect(await test.types(run.executionId)).not.toContain('DriverTaken');
  });

  it('each may signal what waits, and drives it on itself', async () => {
    test = new Processes();
    const a = await test.another('a');
    const b = await test.another('b');
    const run = await test.beginOn(a, line(node('w', 'signal', { config: { name: 'paid' } })));
    expect(await run.settled(5_000)).toMatchObject({ status: 'waiting' });
    await b.signal('default', run.executionId, { by: caller, name: 'paid', payload: { sum: 7 } });
    await until(async () => (await status(b, run.executionId)) === 'completed');
    expect(await a.result('default', run.executionId)).toMatchObject({ output: { sum: 7 } });
  });

  it('one that only takes requests leaves the work to the others, whoever signals', async () => {
    test = new Processes();
    const front = await test.another('front', { drives: false });
    const run = await test.beginOn(front, line(node('w', 'signal', { config: { name: 'paid' } })));
    await run.accepted();
    expect(front.stats().active).toBe(0);
    const settled = run.settled(10_000);
    const worker = await test.another('worker');
    expect(await settled).toMatchObject({ status: 'waiting' });
    await front.signal('default', run.executionId, { by: caller, name: 'paid', payload: 1 });
    await until(async () => (await status(front, run.executionId)) === 'completed');
    expect(worker.stats().active).toBe(0);
    expect(await test.store.openExecutions.list({ limit: 9 })).toEqual([]);
  });

  /** A list that is behind: it says of this execution that it runs, and is driven by a process that has let it go. */
  const listIsBehind = async (stream: string, driver: string) => {
    const [row] = await test.store.openExecutions.list({ limit: 1 });
    await test.store.openExecutions.put({ ...row!, stream, status: 'running', driver });
  };

  /** An execution that a worker has let go, and a process that only takes requests. */
  const waitingForSignal = async () => {
    test = new Processes();
    const worker = await test.another('worker');
    const front = await test.another('front', { drives: false });
    const run = await test.beginOn(worker, line(node('w', 'signal', { config: { name: 'paid' } })));
    await run.settled(5_000);
    await until(() => worker.stats().active === 0);
    return { front, run };
  };

  it('one that only takes requests takes no more than the others get done', async () => {
    test = new Processes();
    const front = await test.another('front', { drives: false });
    const waits = async (tenant: string, count: number) => {
      for (let n = 0; n < count; n += 1) {
        const row = { stream: `execution-${tenant}${n}`, tenant, priority: 0, status: 'running', dueAt: null } as const;
        await test.store.openExecutions.put(row);
      }
    };
    const begins = () => test.beginOn(front, line());
    await waits('default', 1_999);
    await begins();
    await waits('default', 2_000);
    await expect(begins()).rejects.toMatchObject({ code: 'too_many_executions' });
    await waits('other', 10_000);
    await expect(begins()).rejects.toMatchObject({ code: 'overloaded' });
  });

  it('one that only takes requests believes the log, not the list, of who goes on', async () => {
    const { front, run } = await waitingForSignal();
    const stream = executionStream(run.executionId);
    await listIsBehind(stream, 'worker');
    let handed: string | null | undefined;
    const append = test.store.append.bind(test.store);
    test.store.append = (...args) => {
      const [, , , open] = args;
      if (typeof open === 'object') handed ??= open.row.driver ?? 'nobody';
      return append(...args);
    };
    await front.signal('default', run.executionId, { by: caller, name: 'paid', payload: 1 });
    expect(handed).toBe('nobody');
    await until(async () => (await status(front, run.executionId)) === 'completed');
  });

  it('one finds what it has lost sight of', async () => {
    const { front, run } = await waitingForSignal();
    const append = test.store.append.bind(test.store);
    test.store.append = async (...args) => {
      const appended = await append(...args);
      test.store.append = append;
      await listIsBehind(executionStream(run.executionId), 'worker');
      return appended;
    };
    await front.signal('default', run.executionId, { by: caller, name: 'paid', payload: 1 });
    await until(async () => (await status(front, run.executionId)) === 'completed');
  });

  it('one goes on with what it could not read for a while', async () => {
    test = new Processes();
    const worker = await test.another('worker');
    const run = await test.beginOn(worker, line(node('d', 'pause', { config: { ms: 50 } })));
    const read = test.store.readStream.bind(test.store);
    let refused = 0;
    test.store.readStream = (...args) => {
      if ((refused += 1) > 5) return read(...args);
      throw new StoreUnavailable('The log is away.');
    };
    await until(() => refused > 5);
    await until(async () => (await status(worker, run.executionId)) === 'completed');
  });

  /** Two calls, the first of which ends while the driver reads what another process has added in between. */
  const addedToBetweenCalls = async (add: (other: ExecutionEngine, id: string) => Promise<unknown>) => {
    const [first, called, told] = [gate(), gate(), gate()];
    const reading = gate<Error | null>();
    const calls: string[] = [];
    test = new Processes({
      keyed: async ({ nodeId }: NodeContext) => {
        calls.push(nodeId);
        called.open();
        if (nodeId === 'one') await first.opened;
        return { port: 'out', output: nodeId };
      },
    });
    const a = await test.another('a');
    const b = await test.another('b', { drives: false });
    const run = await test.beginOn(a, line(node('one', 'keyed'), node('two', 'keyed')));
    await called.opened;
    const append = test.store.append.bind(test.store);
    const read = test.store.readStream.bind(test.store);
    test.store.append = async (...args) => {
      const appended = await append(...args);
      test.store.append = append;
      test.store.readStream = (...range) => {
        test.store.readStream = read;
        told.open();
        return (async function* () {
          const failure = await reading.opened;
          if (failure) throw failure;
          yield* read(...range);
        })();
      };
      return appended;
    };
    await add(b, run.executionId);
    await told.opened;
    first.open();
    await new Promise((resolve) => setTimeout(resolve, 50)); // the second call is decided, and waits for the reading
    return { a, run, calls, reading };
  };

  it('one makes its calls, though it could not read what another had added meanwhile', async () => {
    const signal = { by: caller, name: 'paid', payload: 1 };
    const { a, run, reading } = await addedToBetweenCalls((b, id) => b.signal('default', id, signal));
    reading.open(new StoreUnavailable('The log is away.'));
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(await test.types(run.executionId)).toContain('SignalReceived');
  });

  it('one makes no call that another has cancelled before its start was written', async () => {
    const wish = { by: caller, reason: null, force: false };
    const { a, run, calls, reading } = await addedToBetweenCalls((b, id) => b.cancel('default', id, wish));
    reading.open(null);
    await until(async () => (await status(a, run.executionId)) === 'cancelled');
    expect(calls).toEqual(['one']);
  });

  it('one loses nothing that is decided while it reads what came between', async () => {
    const [slow, quick, reading] = [gate(), gate(), gate()];
    test = new Processes({
      keyed: async ({ nodeId }: NodeContext) => {
        await (nodeId === 'x' ? quick : slow).opened;
        return { port: 'out', output: nodeId };
      },
    });
    const a = await test.another('a');
    const front = await test.another('front', { drives: false });
    const nodes = [node('s', 'start'), node('x', 'keyed'), node('y', 'keyed'), node('j', 'merge'), node('e', 'end')];
    const run = await test.beginOn(a, graphOf(nodes, ['s -> x', 's -> y', 'x -> j', 'y -> j', 'j -> e']));
    await until(() => a.stats().running === 2);
    const append = test.store.append.bind(test.store);
    test.store.append = async (...args) => {
      test.store.append = append;
      const read = test.store.readStream.bind(test.store);
      await front.signal('default', run.executionId, { by: caller, name: 'paid', payload: 1 }); // a does not know of it
      test.store.readStream = async function* (...range) {
        await reading.opened;
        yield* read(...range);
      };
      return append(...args);
    };
    quick.open(); // its outcome meets the signal
    await new Promise((resolve) => setTimeout(resolve, 50));
    slow.open(); // and this one comes while the history is read
    await new Promise((resolve) => setTimeout(resolve, 50));
    reading.open();
    await until(async () => (await status(a, run.executionId)) === 'completed');
    expect(await a.result('default', run.executionId)).toMatchObject({ output: { x: 'x', y: 'y' } });
  });

  it('one that has no place left ends all the same what has had its time', async () => {
    const never = gate();
    test = new Processes({ keyed: () => never.opened.then(() => ({ port: 'out', output: null })) });
    const a = await test.another('a', { atOnce: 1 });
    const graph = line(node('one', 'keyed'));
    const config = { timeout_ms: 300 } as never;
    test.engine = a;
    const [first, second] = [await test.begin(graph, {}, { config }), await test.begin(graph, {}, { config })];
    for (const { executionId } of [first, second]) {
      await until(async () => (await status(a, executionId)) === 'failed');
      expect(await a.result('default', executionId)).toMatchObject({ error: { code: 'execution_timeout' } });
    }
    await until(() => a.stats().active === 0);
  });

  it('one keeps nothing in memory of what it has refused', async () => {
    test = new Processes();
    const a = await test.another('a');
    const run = await test.beginOn(a, line(node('w', 'signal', { config: { name: 'paid' } })));
    await until(() => a.stats().active === 0);
    const vote = { by: caller, as: [], approvalId: 'none', decision: 'approved', shownDigest: '', fields: {} } as never;
    await expect(a.decideApproval('default', run.executionId, vote)).rejects.toMatchObject({ name: 'Refusal' });
    await until(() => a.stats().active === 0);
  });

  it('a child is ended for its parent when its end is on the record, as it is there', async () => {
    const [held, told] = [gate(), gate()];
    const soon = () => new Promise((resolve) => setTimeout(resolve, 30));
    test = new Processes({ look: () => soon().then(() => ({ port: 'out', output: null })) });
    const a = await test.another('a');
    const front = await test.another('front', { drives: false });
    const id = '00000000-0000-4000-8000-00000000000c';
    const parentId = '00000000-0000-4000-8000-00000000000d';
    await test.publish(line(node('l', 'look'), node('p', 'pure')), id);
    await test.publish(line(node('c', 'child', { config: { id } })), parentId);
    const append = test.store.append.bind(test.store);
    test.store.append = async (...args) => {
      if (args[2].some(({ type }) => type === 'ExecutionCompleted')) {
        test.store.append = append;
        told.open();
        await held.opened;
      }
      return append(...args);
    };
    const run = await a.begin({ workflow_type: 'definition', definition_id: parentId }, { caller, requestDigest: '' });
    await told.opened; // the child's end is decided, and not written yet
    await soon();
    expect(await test.types(run.executionId)).not.toContain('ChildEnded');
    const [child] = (await test.store.openExecutions.list({ limit: 9 })).filter(
      ({ stream }) => stream !== executionStream(run.executionId),
    );
    const by = { by: caller, reason: null, force: true };
    await front.cancel('default', child!.stream.slice('execution-'.length), by);
    held.open();
    await until(async () => (await status(a, run.executionId)) === 'failed');
    expect(await a.result('default', run.executionId)).toMatchObject({ error: { code: 'child_cancelled' } });
  });

  it('one that cannot read the log leaves to the others what it has claimed', async () => {
    test = new Processes();
    const front = await test.another('front', { drives: false });
    let refused = 0;
    const store = Object.create(test.store, {
      readStream: {
        value: () => {
          refused += 1;
          throw new StoreUnavailable('The log is away.');
        },
      },
    }) as typeof test.store;
    await test.another('cut', { store });
    const run = await test.beginOn(front, line());
    await until(() => refused > 0); // it has claimed it
    const well = await test.another('well');
    await until(async () => (await status(well, run.executionId)) === 'completed');
  });

  it('one that cannot read an execution any more goes on with the others', async () => {
    const never = gate();
    test = new Processes({
      keyed: async ({ nodeId, attempt }: NodeContext) => {
        if (attempt === 1) await never.opened;
        return { port: 'out', output: nodeId };
      },
    });
    const a = await test.another('a');
    const bad = await test.beginOn(a, line(node('one', 'keyed')));
    const good = await test.beginOn(a, line(node('p', 'pause', { config: { ms: 300 } })));
    const read = test.store.readStream.bind(test.store);
    test.store.readStream = (...args) => {
      if (args[0] === executionStream(bad.executionId)) throw new Error('The event cannot be read.');
      return read(...args);
    };
    test.pass(9_000, ['a']);
    await until(async () => (await status(a, good.executionId)) === 'completed');
    const parked = (await test.store.openExecutions.list({ limit: 9 })).find((row) => row.status === 'parked');
    expect(parked?.stream).toBe(executionStream(bad.executionId));
    test.store.readStream = read;
    const b = await test.another('b');
    test.pass(9_000, ['b']);
    await until(async () => (await status(b, bad.executionId)) === 'completed');
  });

  it('each hears of a child that another one has ended', async () => {
    test = new Processes();
    const a = await test.another('a');
    const b = await test.another('b');
    const child = line(node('w', 'signal', { config: { name: 'go' } }));
    const id = '00000000-0000-4000-8000-00000000000c';
    const parentId = '00000000-0000-4000-8000-00000000000d';
    await test.publish(child, id);
    await test.publish(line(node('c', 'child', { config: { id } })), parentId);
    const run = await a.begin({ workflow_type: 'definition', definition_id: parentId }, { caller, requestDigest: '' });
    const rows = () => test.store.openExecutions.list({ limit: 9 });
    await until(async () => (await rows()).some((row) => row.status === 'waiting'));
    const waiting = (await rows()).find((row) => row.status === 'waiting')!;
    const childId = waiting.stream.slice('execution-'.length);
    expect(executionStream(childId)).toBe(waiting.stream);
    await until(() => a.stats().active === 0);
    await b.signal('default', childId, { by: caller, name: 'go', payload: 'well' });
    await until(async () => (await status(b, run.executionId)) === 'completed');
    expect(await b.result('default', run.executionId)).toMatchObject({ output: 'well' });
    expect(await test.types(run.executionId)).not.toContain('DriverTaken');
  });
});
