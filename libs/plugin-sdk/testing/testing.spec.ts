import { describe, expect, it } from '@jest/globals';
import { type CallState, type CallStep, defineNode, field, type JsonObject, NodeFailure } from '#plugin-sdk';
import { answering, beginWait, combine, driveCalls, driveScope, recorded, runNode } from '#plugin-sdk/testing';

const outline = { label: 'X', category: 'data', ports: ['out'] } as const;
const request = { url: 'https://a.example/', method: 'GET', headers: {}, maxBytes: 1, followRedirects: false };
const question = {
  provider: null,
  model: null,
  messages: [],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  stream: true,
};

const seeing = defineNode({
  ...outline,
  type: 'seeing',
  effects: 'none',
  config: { greeting: field.string({ default: 'Hello' }) },
  execute: ({
    config,
    to,
    clock,
    random,
    log,
    emitToken,
    incoming,
    input,
    variables,
    attempt,
    error,
    execution,
    signal,
  }) => {
    log.info('seen', { attempt });
    log.debug('plain');
    emitToken('to');
    return to('out', {
      ...{ greeting: config.greeting, now: clock.now(), incoming, input, variables, attempt },
      ...{ error: error?.code ?? null, user: execution.user, aborted: signal.aborted, chance: random() },
    });
  },
});
const fetching = defineNode({
  ...outline,
  type: 'fetching',
  effects: 'read',
  config: {},
  execute: async ({ http, to }) => to('out', (await http.send(request)).body),
});
const asking = defineNode({
  ...outline,
  type: 'asking',
  effects: 'read',
  config: {},
  execute: async ({ models, to, emitToken }) => to('out', (await models.generate(question, emitToken)).text),
});

describe('runNode', () => {
  it('gives a node everything it may look at', async () => {
    const outcome = await runNode(seeing);
    expect(outcome).toMatchObject({
      port: 'out',
      output: {
        greeting: 'Hello',
        now: Date.UTC(2026, 0, 1),
        incoming: null,
        input: {},
        variables: {},
        attempt: 1,
        error: null,
        user: 'tester',
        aborted: false,
      },
      tokens: ['to'],
      logs: [
        { level: 'info', message: 'seen', fields: { attempt: 1 } },
        { level: 'debug', message: 'plain' },
      ],
    });
    expect((await runNode(seeing, { seed: 'test' })).output).toEqual(outcome.output);
    expect((await runNode(seeing, { seed: 'other' })).output).not.toEqual(outcome.output);
  });

  it('takes all of it from the test', async () => {
    const heard: string[] = [];
    const outcome = await runNode(seeing, {
      config: { greeting: 'Hi' },
      incoming: 1,
      input: null,
      variables: { v: 2 },
      nodes: {},
      error: { code: 'timeout', message: 'late', node_id: 'n', attempt: 3 },
      execution: { user: 'ada' },
      attempt: 2,
      idempotencyKey: 'k',
      signal: AbortSignal.abort(),
      clock: { now: () => 5 },
      emitToken: (text) => heard.push(text),
    });
    expect(outcome.output).toMatchObject({
      greeting: 'Hi',
      incoming: 1,
      input: null,
      variables: { v: 2 },
      attempt: 2,
      error: 'timeout',
      user: 'ada',
      aborted: true,
      now: 5,
    });
    expect(heard).toEqual(['to']);
  });

  it('refuses a port that the node does not have', async () => {
    const lost = defineNode({
      ...outline,
      type: 'lost',
      effects: 'none',
      config: {},
      execute: ({ to }) => to('nowhere', 1),
    });
    await expect(runNode(lost)).rejects.toThrow('"lost" went on at "nowhere", but its ports are out.');
    const end = defineNode({
      ...outline,
      ports: [],
      type: 'last',
      effects: 'none',
      config: {},
      execute: ({ to }) => to('end', 1),
    });
    expect((await runNode(end)).port).toBe('end');
  });

  it('refuses what effects do not allow, as the host does', async () => {
    const sly = defineNode({ ...outline, type: 'sly', effects: 'none', config: {}, execute: fetching.execute });
    await expect(runNode(sly, { http: recorded([{}]) })).rejects.toMatchObject({ code: 'effect_not_declared' });
    await expect(runNode(fetching)).rejects.toMatchObject({ code: 'not_recorded' });
    await expect(runNode(asking)).rejects.toMatchObject({ code: 'not_recorded' });
  });

  it('runs tasks only, and says what runs the others', async () => {
    const join = defineNode({
      ...outline,
      type: 'j',
      kind: 'join',
      effects: 'none',
      config: {},
      join: () => ({ mode: 'all', n: 0 }),
      combine: () => 1,
    });
    await expect(runNode(join)).rejects.toThrow('runNode runs tasks; use combine');
    expect(() => driveScope(join)).toThrow('"j" is a join, not a scope.');
    expect(combine(join, { arrivals: [] })).toBe(1);
  });
});

describe('recorded answers', () => {
  it('come in order, and only for the request they are for', async () => {
    const http = recorded([
      { response: { body: 'first' } },
      { method: 'GET', url: request.url, response: { status: 201, json: { a: 1 } } },
      { method: 'POST' },
    ]);
    expect(await http.send(request)).toEqual({ status: 200, headers: {}, body: 'first' });
    expect(await http.send(request)).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    await expect(http.send(request)).rejects.toThrow(
      'The node sent GET https://a.example/, but recorded is POST of any URL.',
    );
    await expect(http.send(request)).rejects.toThrow('nothing more is recorded');
    expect(http.requests).toHaveLength(4);
    await expect(recorded([{ url: 'https://b.example/' }]).send(request)).rejects.toThrow(
      'any method https://b.example/',
    );
  });

  it('can be failures', async () => {
    const failure = new NodeFailure({ code: 'timeout', message: 'late', retryable: true });
    await expect(runNode(fetching, { http: recorded([{ failure }]) })).rejects.toBe(failure);
    await expect(runNode(asking, { models: answering([failure]) })).rejects.toBe(failure);
  });

  it('of models are told word by word when previews are wished', async () => {
    const models = answering(['two words', { text: '', finishReason: 'length' }]);
    expect(await runNode(asking, { models })).toMatchObject({ output: 'two words', tokens: ['two', ' words'] });
    expect(await models.generate({ ...question, stream: false })).toMatchObject({ text: '', finishReason: 'length' });
    await expect(models.generate(question)).rejects.toMatchObject({ code: 'not_recorded' });
    expect(models.requests).toHaveLength(3);
  });
});

describe('driveScope', () => {
  const each = (concurrency: number) =>
    defineNode({
      ...outline,
      type: 'each',
      kind: 'scope',
      effects: 'none',
      ports: ['body', 'out'],
      bodyPort: 'body',
      config: { items: field.list(field.json()), go: field.boolean({ default: true }) },
      next: ({ items, go }, { started, running, ended }) => {
        const failed = ended.find((end) => !end.ok);
        if (failed && !failed.ok) return { type: 'fail', failure: failed.failure };
        if (go && started < items.length && running < concurrency) return { type: 'iterate', item: items[started]! };
        if (running > 0) return { type: 'stay' };
        return { type: 'settle', port: 'out', output: ended.map((end) => (end.ok ? end.value : null)) };
      },
    });

  it('runs to the end, several at once, and gives the ends in their order', () => {
    const outcome = driveScope(each(2), {
      config: { items: [1, 2, 3] },
      newestFirst: true,
      body: (item, index) => ({ value: [item, index] }),
    });
    expect(outcome).toEqual({
      step: {
        type: 'settle',
        port: 'out',
        output: [
          [1, 0],
          [2, 1],
          [3, 2],
        ],
      },
      items: [1, 2, 3],
      atOnce: 2,
    });
    expect(driveScope(each(1), { config: { items: ['a'] } }).step).toMatchObject({ output: ['a'] });
  });

  it('asks conditions again, and hears of failures', () => {
    const asked = (ended: number) => ({ go: ended < 2 });
    expect(driveScope(each(1), { config: { items: [1, 2, 3] }, asked }).items).toEqual([1, 2]);
    const failure = { code: 'x', message: 'x', retryable: false };
    expect(driveScope(each(1), { config: { items: [1] }, body: () => ({ failure }) }).step).toEqual({
      type: 'fail',
      failure,
    });
  });

  it('says when a scope would never end', () => {
    const stuck = { ...each(1), next: () => ({ type: 'stay' }) as const };
    expect(() => driveScope(stuck)).toThrow('stays, but nothing runs');
    const endless = { ...each(1), next: () => ({ type: 'iterate', item: null }) as const };
    expect(() => driveScope(endless, { bound: 50 })).toThrow('has not ended after 50 steps');
  });
});

describe('driveCalls', () => {
  const chain = (nextCalls: (state: CallState) => CallStep, types: readonly string[] = ['look']) =>
    defineNode({
      ...outline,
      type: 'chain',
      effects: 'none',
      config: { times: field.integer({ default: 2 }) },
      execute: ({ to }) => to('out', null),
      callsSteps: ({ times }) => (times === 0 ? [] : types),
      nextCalls: (_config, state) => nextCalls(state),
    });
  const called = () => ({ value: 'seen' });
  const look = (name: string): CallStep => ({ type: 'call', steps: [{ name, node_type: 'look', config: {} }] });

  it('calls what the task asks for until it settles or fails', () => {
    const counting = defineNode({
      ...outline,
      type: 'counting',
      effects: 'none',
      config: { times: field.integer({ default: 2 }) },
      execute: ({ to }) => to('out', null),
      callsSteps: () => ['look'],
      nextCalls: ({ times }, { ended, incoming }) =>
        ended.length < times
          ? look(`turn[${ended.length}]`)
          : {
              type: 'settle',
              port: 'out',
              output: [incoming, ...ended.map((end) => (end.ok ? end.output : end.failure.code))],
            },
    });
    const failure = { code: 'x', message: 'x', retryable: false };
    const outcome = driveCalls(counting, {
      incoming: 'it',
      called: ({ name }) => (name === 'turn[0]' ? { value: 1 } : { failure }),
    });
    expect(outcome.step).toEqual({ type: 'settle', port: 'out', output: ['it', 1, 'x'] });
    expect(outcome.called.map(({ name }) => name)).toEqual(['turn[0]', 'turn[1]']);
    expect(
      driveCalls(
        chain(() => ({ type: 'fail', failure })),
        { called },
      ).step,
    ).toEqual({ type: 'fail', failure });
  });

  it.each<[string, ReturnType<typeof chain>, JsonObject]>([
    ['calls no steps with this config', chain(() => look('a')), { times: 0 }],
    ['of the type "look", but names other', chain(() => look('a'), ['other']), {}],
    ['called "a" twice', chain(() => look('a')), {}],
    ['called nothing', chain(() => ({ type: 'call', steps: [] })), {}],
    ['has not ended after 50 steps', chain(({ ended }) => look(`a${ended.length}`)), {}],
  ])('says that a task %s', (message, node, config) => {
    expect(() => driveCalls(node, { config, called, bound: 50 })).toThrow(message);
  });
});

it('beginWait tells what a wait waits for, and what it makes of events', () => {
  const rest = defineNode({
    ...outline,
    type: 'rest',
    kind: 'wait',
    effects: 'wait',
    config: { ms: field.number({ default: 10 }) },
    begin: ({ ms }, { now, random }) => ({ timer: { dueAt: now + ms * random } }),
    onEvent: (_config, event, { incoming }) =>
      event.type === 'timer' ? { type: 'settle', port: 'out', output: incoming } : { type: 'stay' },
  });
  expect(beginWait(rest).waitsFor).toEqual({ timer: { dueAt: Date.UTC(2026, 0, 1) + 5 } });
  const waiting = beginWait(rest, { config: { ms: 4 }, now: 0, random: 0.25, incoming: 'in' });
  expect(waiting.waitsFor).toEqual({ timer: { dueAt: 1 } });
  expect(waiting.on({ type: 'timer' })).toEqual({ type: 'settle', port: 'out', output: 'in' });
  expect(waiting.on({ type: 'signal', name: 's', payload: null })).toEqual({ type: 'stay' });
});
