import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#engine';
import { NodeRunner, type StepInvocation } from '#plugin-host';
import { NodeFailure, type NodeContext } from '#plugin-sdk';
import { caller, EngineUnderTest, gate, graphOf, line, node } from './testing/index.js';

const all = async <T>(each: AsyncIterable<T>): Promise<T[]> => {
  const seen: T[] = [];
  for await (const one of each) seen.push(one);
  return seen;
};

describe('a run', () => {
  it('goes from its input to its output, with every step on the record', async () => {
    const test = new EngineUnderTest();
    const result = await test.run(line(node('a', 'pure', { config: { value: '{{ input.n + 1 }}' } })), { n: 1 });
    expect(result).toMatchObject({ status: 'completed', success: true, output: 2, error: null, input_data: { n: 1 } });
    expect(result.steps.map(({ path, status }) => [path, status])).toEqual([
      ['s', 'succeeded'],
      ['a', 'succeeded'],
      ['e', 'succeeded'],
    ]);
    expect(await test.types(result.execution_id.slice(5))).toEqual([
      'ExecutionAccepted',
      'StepCompleted',
      'StepCompleted',
      'StepCompleted',
      'ExecutionCompleted',
    ]);
  });

  it('runs pure steps ahead of the disk: one append for all of them', async () => {
    const test = new EngineUnderTest();
    let appends = 0;
    const append = test.store.append.bind(test.store);
    test.store.append = (...args) => ((appends += 1), append(...args));
    await test.run(line(...Array.from({ length: 10 }, (_, at) => node(`n${at}`, 'pure'))));
    expect(appends).toBe(1);
  });

  it('begins a write only when its start is durable, under its own key', async () => {
    const seen: string[][] = [];
    const test: EngineUnderTest = new EngineUnderTest({
      change: async ({ idempotencyKey, execution }) => {
        seen.push([idempotencyKey, ...(await test.types(execution.id.slice(5)))]);
        return { port: 'out', output: 'done' };
      },
    });
    const result = await test.run(line(node('a', 'change')));
    expect(seen).toEqual([[`${result.execution_id}/a`, 'ExecutionAccepted', 'StepCompleted', 'StepStarted']]);
  });

  it('answers nothing that is not durable, although it has ended in memory', async () => {
    const test = new EngineUnderTest({ change: async () => ({ port: 'out', output: 'done' }) });
    const append = test.store.append.bind(test.store);
    const [last, disk] = [gate(), gate()];
    let appends = 0;
    test.store.append = async (...args) => {
      appends += 1;
      if (appends === 2) {
        last.open();
        await disk.opened;
      }
      return append(...args);
    };
    const run = await test.begin(line(node('a', 'change')));
    await last.opened;
    let answered = false;
    const settled = run.settled(5_000).finally(() => (answered = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([appends, answered]).toEqual([2, false]);
    disk.open();
    expect(await settled).toMatchObject({ status: 'completed', output: 'done' });
    expect(await test.types(run.executionId)).toContain('ExecutionCompleted');
  });

  it('shares one append among writes that are scheduled together', async () => {
    const test = new EngineUnderTest({ change: async () => ({ port: 'out', output: 1 }) });
    const fan = graphOf(
      [node('s', 'start'), node('a', 'change'), node('b', 'change'), node('m', 'merge')],
      ['s -> a', 's -> b', 'a -> m', 'b -> m'],
    );
    const run = await test.begin(fan);
    await run.settled(5_000);
    const types = await test.types(run.executionId);
    expect(types.slice(0, 4)).toEqual(['ExecutionAccepted', 'StepCompleted', 'StepStarted', 'StepStarted']);
  });

  it('records why an attempt failed, and tries again by its policy', async () => {
    let calls = 0;
    const test = new EngineUnderTest({
      look: () => {
        calls += 1;
        if (calls < 3) throw new NodeFailure({ code: 'busy', message: 'busy', retryable: true });
        return { port: 'out', output: calls };
      },
    });
    await test.engine.recover();
    const run = await test.begin(line(node('a', 'look', { retry: { backoff_ms: 1 } })));
    expect(await run.settled(5_000)).toMatchObject({ status: 'completed', output: 3 });
    expect(
      (await test.types(run.executionId)).filter((type) => type.startsWith('StepFailed') || type === 'StepScheduled'),
    ).toHaveLength(4);
    await test.engine.stop(0);
  });

  it('fails a step whose config cannot be resolved', async () => {
    const result = await new EngineUnderTest().run(
      line(node('a', 'pure', { config: { value: '{{ input.missing }}' } })),
    );
    expect(result).toMatchObject({
      status: 'failed',
      success: false,
      error: { code: 'expression_failed', node_id: 'a' },
    });
  });

  it('records a request whose graph was refused, and ends it in the same append', async () => {
    const test = new EngineUnderTest();
    test.checked.push({ rule: 'structure.no_nodes', message: 'There is nothing in it.' });
    const result = await test.run(line());
    expect(result).toMatchObject({
      status: 'failed',
      error: { code: 'validation_failed', validation: [{ rule: 'structure.no_nodes' }] },
    });
    expect(await test.types(result.execution_id.slice(5))).toEqual(['ExecutionAccepted', 'ExecutionFailed']);
  });

  it('checks the input against the schema of its entry', async () => {
    const graph = graphOf(
      [node('s', 'start', { config: { input_schema: { type: 'object', required: ['n'] } } }), node('e', 'end')],
      ['s -> e'],
    );
    expect(await new EngineUnderTest().run(graph, {})).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_input' },
    });
    expect(await new EngineUnderTest().run(graph, { n: 1 })).toMatchObject({ status: 'completed' });
  });

  it('runs no regular expression that a user has put into a schema', async () => {
    const input_schema = { type: 'object', properties: { n: { pattern: '^(a+)+$' } } };
    const graph = graphOf([node('s', 'start', { config: { input_schema } }), node('e', 'end')], ['s -> e']);
    expect(await new EngineUnderTest().run(graph, { n: 'a'.repeat(40) + 'b' })).toMatchObject({
      status: 'failed',
      error: { code: 'invalid_input_schema' },
    });
  });

  it('keeps values that are too large for an event beside the log', async () => {
    const test = new EngineUnderTest();
    const big = 'x'.repeat(100_000);
    const result = await test.run(line(), { big });
    expect(result.output).toEqual({ big });
    const [first] = await all(test.store.readStream(`execution-${result.execution_id.slice(5)}`));
    expect(JSON.parse(first!.data).input).toHaveProperty('$ref.sha256');
    expect(await test.engine.result('default', result.execution_id.slice(5))).toMatchObject({ input_data: { big } });
  });

  it('takes no value of a user for one of its own references', async () => {
    const forged = { $ref: { mime: 'application/json', sha256: '0'.repeat(64), size: 1 } };
    const test = new EngineUnderTest();
    const result = await test.run(line(node('a', 'pure', { config: { value: '{{ input.forged }}' } })), { forged });
    expect(result).toMatchObject({ status: 'completed', output: forged });
    expect(await test.engine.result('default', result.execution_id.slice(5))).toMatchObject({ output: forged });
  });

  it('times an attempt out, and aborts it', async () => {
    let aborted = false;
    const test = new EngineUnderTest({
      look: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => ((aborted = true), reject(signal.reason)))),
    });
    const result = await test.run(line(node('a', 'look', { timeout_ms: 10, retry: { max_attempts: 1 } })));
    expect(result.error).toMatchObject({ code: 'timeout' });
    expect(aborted).toBe(true);
  });

  it('goes on without a caller: a run that outlasts the wait is answered as far as it has come', async () => {
    const { opened, open } = gate();
    const test = new EngineUnderTest({ change: async () => (await opened, { port: 'out', output: 1 }) });
    const run = await test.begin(line(node('a', 'change')));
    await run.accepted();
    expect(await run.settled(20)).toMatchObject({ status: 'running', success: null, output: null });
    open();
    expect(await run.settled(5_000)).toMatchObject({ status: 'completed' });
  });

  it('refuses what it cannot know: an unknown definition, a type that is not here yet', async () => {
    const test = new EngineUnderTest();
    const begin = (request: object) => test.engine.begin(request as never, { caller, requestDigest: '' });
    await expect(begin({ workflow_type: 'definition', definition_id: '1' })).rejects.toMatchObject({
      code: 'definition_not_found',
    });
    await expect(begin({ workflow_type: 'chat' })).rejects.toBeInstanceOf(Refusal);
  });

  it('gives each step’s resolved config, input and attempts in debug mode', async () => {
    const test = new EngineUnderTest({ change: async ({ log }) => (log.info('called'), { port: 'out', output: 1 }) });
    const result = await test.run(
      line(node('a', 'change', { config: { n: '{{ 1 + 1 }}' } })),
      {},
      { config: { debug_mode: true } },
    );
    expect(result.debug?.steps.find(({ path }) => path === 'a')).toMatchObject({
      config: { n: 2 },
      attempts: [{ attempt: 1, outcome: 'succeeded' }],
      logs: [{ message: 'called' }],
    });
  });
});

describe('an idempotency key', () => {
  it('finds what it has started before, also while that still runs', async () => {
    const { opened, open } = gate();
    const test = new EngineUnderTest({ change: async () => (await opened, { port: 'out', output: 1 }) });
    const graph = line(node('a', 'change'));
    const first = await test.begin(graph, {}, {}, 'k');
    await first.accepted();
    const second = await test.begin(graph, {}, {}, 'k');
    expect(second).toMatchObject({ executionId: first.executionId, replayed: true });
    open();
    expect((await second.settled(5_000)).execution_id).toBe((await first.settled(5_000)).execution_id);
  });

  it('starts one of two that come at once', async () => {
    const test = new EngineUnderTest();
    const results = await Promise.all(
      [1, 2, 3].map(async () => (await test.begin(line(), {}, {}, 'k')).settled(5_000)),
    );
    expect(new Set(results.map(({ execution_id }) => execution_id)).size).toBe(1);
    expect(await test.types(results[0]!.execution_id.slice(5))).toHaveLength(4);
  });

  it('starts one of ten, also when it has ended before the others look', async () => {
    const test = new EngineUnderTest({ look: async () => ({ port: 'out', output: 1 }) });
    const ten = Array.from({ length: 10 }, () =>
      test.begin(line(node('a', 'look')), {}, {}, 'k').then((run) => run.settled(5_000)),
    );
    const results = await Promise.all(ten);
    expect(results.map(({ status }) => status)).toEqual(Array(10).fill('completed'));
    expect(new Set(results.map(({ execution_id }) => execution_id)).size).toBe(1);
    expect(test.engine.stats()).toEqual({ active: 0, running: 0 });
  });

  it('refuses the same key with another request', async () => {
    const test = new EngineUnderTest();
    await (await test.begin(line(), { n: 1 }, {}, 'k')).settled(5_000);
    await expect(test.begin(line(), { n: 2 }, {}, 'k')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });
});

describe('more than can be carried out at once', () => {
  it('waits for a place, is accepted all the same, and heeds a cancel meanwhile', async () => {
    const { opened, open } = gate();
    const begun: string[] = [];
    const test = new EngineUnderTest({
      keyed: async ({ execution }) => (begun.push(execution.id), await opened, { port: 'out', output: 'done' }),
    });
    test.start({ atOnce: 1 });
    const [first, second, third] = [1, 2, 3].map(() => test.begin(line(node('a', 'keyed'))));
    const runs = [await first!, await second!, await third!];
    await Promise.all(runs.map((run) => run.accepted()));
    await until(() => begun.length === 1);
    const cancelled = await test.engine.cancel('default', runs[1]!.executionId, {
      by: caller,
      reason: null,
      force: false,
    });
    expect([cancelled.status, begun]).toEqual(['cancelled', [`exec_${runs[0]!.executionId}`]]);
    open();
    expect(await runs[2]!.settled(5_000)).toMatchObject({ status: 'completed' });
    expect(begun).toEqual([runs[0]!, runs[2]!].map((run) => `exec_${run.executionId}`));
    await until(() => test.engine.stats().active === 0);
  });

  it('is refused to the tenant that has too many waiting, and to nobody else', async () => {
    const { opened, open } = gate();
    const test = new EngineUnderTest({ keyed: async () => (await opened, { port: 'out', output: 'done' }) });
    test.start({ atOnce: 1 });
    const graph = line(node('a', 'keyed'));
    await Promise.all(Array.from({ length: 2_001 }, () => test.begin(graph)));
    await expect(test.begin(graph)).rejects.toMatchObject({ code: 'too_many_executions' });
    open();
    await until(() => test.engine.stats().active === 0);
    expect(await test.run(graph)).toMatchObject({ status: 'completed' });
  });
});

describe('another process, after a crash', () => {
  it('goes on behind the last durable step, and never runs a completed one again', async () => {
    const calls: string[] = [];
    const { opened: never } = gate();
    const stuck = async ({ nodeId }: NodeContext) => {
      calls.push(nodeId);
      if (nodeId === 'b' && calls.filter((id) => id === 'b').length === 1) await never;
      return { port: 'out', output: nodeId };
    };
    const test = new EngineUnderTest({ keyed: stuck });
    const run = await test.begin(line(node('a', 'keyed'), node('b', 'keyed'), node('c', 'keyed')));
    await until(() => calls.includes('b'));
    const second = test.start();
    await second.recover();
    await until(async () => (await second.result('default', run.executionId))?.status === 'completed');
    expect(calls).toEqual(['a', 'b', 'b', 'c']);
    expect(await test.types(run.executionId)).toEqual(expect.arrayContaining(['DriverTaken', 'StepUncertain']));
    await second.stop(0);
  });

  it('asks somebody about a write whose target does not honour keys', async () => {
    let calls = 0;
    const test = new EngineUnderTest({
      change: async () => ((calls += 1), calls === 1 ? gate<never>().opened : { port: 'out', output: calls }),
    });
    const run = await test.begin(line(node('a', 'change')));
    await until(() => calls === 1);
    const second = test.start();
    await second.recover();
    expect(await second.result('default', run.executionId)).toMatchObject({
      status: 'waiting',
      waiting_for: { type: 'resolution', path: 'a' },
    });
    const result = await second.resolveUncertain('default', run.executionId, 'a', { by: caller, outcome: 'retry' });
    expect(result.status).not.toBe('failed');
    await until(async () => (await second.result('default', run.executionId))?.output === 2);
    await second.stop(0);
  });

  it('stops the first one from writing: its appends are refused', async () => {
    const { opened, open } = gate();
    let calls = 0;
    const test = new EngineUnderTest({
      keyed: async () => (
        (calls += 1),
        calls === 1 ? (await opened, { port: 'out', output: 'stale' }) : { port: 'out', output: 'fresh' }
      ),
    });
    const run = await test.begin(line(node('a', 'keyed')));
    await until(() => calls === 1);
    const second = test.start();
    await second.recover();
    await until(async () => (await second.result('default', run.executionId))?.status === 'completed');
    open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await second.result('default', run.executionId)).toMatchObject({ output: 'fresh' });
    await second.stop(0);
  });

  it('wakes timers that were set before', async () => {
    const test = new EngineUnderTest();
    const run = await test.begin(line(node('w', 'pause', { config: { ms: 30 } })), { kept: true });
    expect(await run.settled(5_000)).toMatchObject({ status: 'waiting', waiting_for: { type: 'timer', node_id: 'w' } });
    expect(test.engine.stats()).toEqual({ active: 0, running: 0 });
    const second = test.start();
    await second.recover();
    await until(async () => (await second.result('default', run.executionId))?.status === 'completed');
    expect(await second.result('default', run.executionId)).toMatchObject({ output: { kept: true } });
    await second.stop(0);
  });

  it('parks what it cannot decide on, and lives', async () => {
    const bug = {
      port: 'out',
      get output(): never {
        throw new Error('A bug in the rules.');
      },
    };
    const nodes = new NodeRunner({} as never);
    const run = (step: StepInvocation) =>
      step.node.definition.descriptor.type === 'keyed' ? Promise.resolve(bug) : nodes.run(step);
    const test = new EngineUnderTest();
    const errors: unknown[] = [];
    test.start({
      runner: { run } as never,
      log: { info: () => undefined, error: (fields) => void errors.push(fields) },
    });
    const bad = await test.begin(line(node('a', 'keyed')));
    expect(await bad.settled(Infinity)).toMatchObject({ status: 'running' });
    expect(errors).toEqual([{ stream: `execution-${bad.executionId}`, reason: 'Error: A bug in the rules.' }]);
    expect(await test.run(line(node('p', 'pure')))).toMatchObject({ status: 'completed' });
  });

  it('parks what it cannot read; the process after it tries again', async () => {
    const test = new EngineUnderTest({
      keyed: ({ attempt }) => (attempt === 1 ? gate<never>().opened : { port: 'out', output: 'read' }),
    });
    const run = await test.begin(line(node('a', 'keyed')));
    await run.accepted();
    await until(async () => (await test.types(run.executionId)).includes('StepStarted'));
    const errors: unknown[] = [];
    const second = test.start({
      payloads: { put: async () => ({ sha256: '', size: 0 }), get: async () => null } as never,
      log: { info: () => undefined, error: (fields) => void errors.push(fields) },
    });
    await second.recover();
    expect(errors).toHaveLength(1);
    expect(await test.store.openExecutions.list({ limit: 10 })).toEqual([
      expect.objectContaining({ status: 'parked' }),
    ]);
    await second.stop(0);
    const third = test.start();
    await third.recover();
    await until(async () => (await third.result('default', run.executionId))?.status === 'completed');
    expect(await test.store.openExecutions.list({ limit: 10 })).toEqual([]);
    await third.stop(0);
  });
});

describe('cancel', () => {
  it('aborts what runs, and ends', async () => {
    const test = new EngineUnderTest({
      look: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const run = await test.begin(line(node('a', 'look')));
    await run.accepted();
    await until(() => test.engine.stats().running === 1);
    await test.engine.cancel('default', run.executionId, { by: caller, reason: 'enough', force: false });
    expect(await run.settled(5_000)).toMatchObject({ status: 'cancelled', success: false });
    await expect(
      test.engine.cancel('default', run.executionId, { by: caller, reason: null, force: false }),
    ).rejects.toMatchObject({ code: 'execution_ended' });
  });

  it('reaches an execution that only waits', async () => {
    const test = new EngineUnderTest();
    const run = await test.begin(line(node('w', 'pause', { config: { ms: 1e9 } })));
    await run.settled(5_000);
    expect(
      await test.engine.cancel('default', run.executionId, { by: caller, reason: null, force: false }),
    ).toMatchObject({ status: 'cancelled' });
    expect(await test.store.openExecutions.list({ limit: 1 })).toEqual([]);
  });

  it('does not know another tenant’s execution', async () => {
    const test = new EngineUnderTest();
    const { execution_id } = await test.run(line());
    const wish = { by: caller, reason: null, force: false };
    await expect(test.engine.cancel('other', execution_id.slice(5), wish)).rejects.toMatchObject({
      code: 'execution_not_found',
    });
    expect(await test.engine.result('other', execution_id.slice(5))).toBeNull();
    expect(await test.engine.logLines('other', execution_id.slice(5))).toBeNull();
    expect(await test.engine.stateAt('other', execution_id.slice(5), 0n)).toBeNull();
    await expect(
      test.engine.watch('other', execution_id.slice(5), { signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'execution_not_found' });
  });
});

describe('a watcher', () => {
  it('sees every durable event once and in order, with text in between', async () => {
    const { opened, open } = gate();
    const test = new EngineUnderTest({
      speak: async ({ emitToken }) => {
        emitToken('Hel');
        await opened;
        emitToken('lo');
        return { port: 'out', output: { text: 'Hello' } };
      },
    });
    const run = await test.begin(line(node('m', 'speak')));
    await run.accepted();
    const signal = new AbortController().signal;
    const watching = all(await test.engine.watch('default', run.executionId, { signal }));
    await until(() => test.engine.stats().running === 1);
    await new Promise((resolve) => setImmediate(resolve));
    open();
    const frames = await watching;
    const revisions = frames.flatMap((frame) => (frame.type === 'event' ? [Number(frame.event.revision)] : []));
    expect(revisions).toEqual(revisions.map((_, at) => at));
    let text = '';
    for (const frame of frames) if (frame.type === 'token') text = text.slice(0, frame.offset) + frame.content;
    expect(text).toBe('Hello');
    const rest = await all(await test.engine.watch('default', run.executionId, { from: 2n, signal }));
    expect(rest.map((frame) => frame.type === 'event' && Number(frame.event.revision))).toEqual(revisions.slice(3));
  });

  it('can leave at any time', async () => {
    const test = new EngineUnderTest();
    const run = await test.begin(line(node('w', 'pause', { config: { ms: 1e9 } })));
    await run.settled(5_000);
    const leaving = new AbortController();
    const watching = all(await test.engine.watch('default', run.executionId, { signal: leaving.signal }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    leaving.abort();
    expect((await watching).at(-1)).toMatchObject({ event: { type: 'TimerSet' } });
  });
});

describe('time travel', () => {
  it('shows the state as it was after an event', async () => {
    const test = new EngineUnderTest();
    const { execution_id } = await test.run(line(node('a', 'pure')));
    expect(await test.engine.stateAt('default', execution_id.slice(5), 1n)).toMatchObject({
      revision: 1,
      status: 'running',
      steps: [
        { path: 's', status: 'succeeded' },
        { path: 'a', status: 'scheduled' },
      ],
    });
    expect(await test.engine.stateAt('default', execution_id.slice(5), 99n)).toBeNull();
  });
});

describe('stopping', () => {
  it('takes no new work, and lets what runs finish', async () => {
    const { opened, open } = gate();
    const test = new EngineUnderTest({ change: async () => (await opened, { port: 'out', output: 1 }) });
    const run = await test.begin(line(node('a', 'change')));
    await run.accepted();
    await until(() => test.engine.stats().running === 1);
    const stopping = test.engine.stop(5_000);
    await expect(test.begin(line())).rejects.toMatchObject({ code: 'shutting_down' });
    open();
    await stopping;
    expect(await test.types(run.executionId)).toContain('StepCompleted');
  });
});

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 4_000;
  while (!(await holds()) && performance.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 2));
}
