import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { allFrames, framesUntil, textOf, type Frame } from '../support/frames.js';
import { custom, node, twice } from '../support/graphs.js';

const execute = '/api/v1/workflows/execute';
const text = 'Every step of a run is an event in a log.';
const drip = (id: string, rest_ms = 15) => node(id, 'drip', { text, rest_ms });
const durable = (frames: readonly Frame[]) => frames.filter(({ id }) => id !== null);

let chatter: Chatter;
beforeAll(async () => {
  const PLUGINS_DIR = fileURLToPath(new URL('../support/slow-plugins', import.meta.url));
  chatter = await Chatter.boot({ variables: { PLUGINS_DIR } });
});
afterAll(() => chatter.close());

const stream = (body: object, config: object = {}) =>
  chatter.fetch('POST', execute, { ...body, config: { streaming: true, ...config } });
const follow = (id: string, after?: number) =>
  chatter.fetch(
    'GET',
    `/api/v1/workflows/executions/${id}/stream`,
    undefined,
    after === undefined ? {} : { 'last-event-id': String(after) },
  );
const result = async (id: string) => (await chatter.call('GET', `/api/v1/workflows/executions/${id}`)).body;

describe('A streamed run', () => {
  it('is an event stream that names its execution', async () => {
    const answer = await stream(twice);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const id = answer.headers.get('x-execution-id');
    expect(answer.headers.get('location')).toBe(`/api/v1/workflows/executions/${id}`);
    const [completion, ...others] = await allFrames(answer);
    expect(others).toEqual([]);
    expect(completion).toMatchObject({
      type: 'completion',
      id: expect.any(Number),
      result: { execution_id: id, success: true, output: 42 },
    });
    expect(completion!['result']).toEqual(await result(id!));
  });

  it('sends text as it comes, then one completion, and the text joined is the recorded output', async () => {
    const frames = await allFrames(await stream(custom(drip('say'))));
    const tokens = frames.slice(0, -1);
    expect(tokens.length).toBeGreaterThan(1);
    expect(
      tokens.every(
        ({ type, id, node_id, path, attempt }) =>
          type === 'token' && id === null && node_id === 'say' && path === 'say' && attempt === 1,
      ),
    ).toBe(true);
    const completion = frames.at(-1)!;
    expect(completion.type).toBe('completion');
    expect(completion['result'].output).toBe(text);
    expect(textOf(frames, 'say')).toBe(text);
  });

  it('of a model is the text that it has said', async () => {
    const query = 'What does Chatter keep? Chatter keeps every step of a run as an event in a log.';
    const definition_id = await chatter.definitionNamed('Simple Chat');
    const frames = await allFrames(await stream({ workflow_type: 'definition', definition_id, input_data: { query } }));
    const { output, success } = frames.at(-1)!['result'];
    expect([success, typeof output]).toEqual([true, 'string']);
    expect(output).not.toBe('');
    expect(textOf(frames, 'answer')).toBe(output);
  });

  it('sends the steps as well where that is asked for, after their commit', async () => {
    const answer = await stream(custom(drip('say')), { stream_events: true });
    const frames = durable(await allFrames(answer));
    expect(frames.map(({ type, node_id }) => [type, node_id ?? null])).toEqual([
      ['step_completed', 'start'],
      ['step_started', 'say'],
      ['step_completed', 'say'],
      ['step_completed', 'end'],
      ['completion', null],
    ]);
    const { body } = await chatter.call(
      'GET',
      `/api/v1/workflows/executions/${answer.headers.get('x-execution-id')}/events`,
    );
    const types = new Map(
      body.events.map(({ revision, type }: { revision: number; type: string }) => [revision, type]),
    );
    expect(frames.map(({ id }) => types.get(id))).toEqual([
      'StepCompleted',
      'StepStarted',
      'StepCompleted',
      'StepCompleted',
      'ExecutionCompleted',
    ]);
  });

  it('ends a failure with a completion, too', async () => {
    const frames = await allFrames(
      await stream(custom(node('fail', 'transform', { value: '{{ input.nothing + 1 }}' })), { stream_events: true }),
    );
    expect(frames.map(({ type }) => type)).toContain('step_failed');
    expect(frames.at(-1)).toMatchObject({
      type: 'completion',
      result: { success: false, status: 'failed', error: { node_id: 'fail' } },
    });
  });

  it('ends a refused graph with a completion, too', async () => {
    const frames = await allFrames(await stream({ workflow_type: 'custom', nodes: [], edges: [] }));
    expect(frames).toEqual([
      expect.objectContaining({
        type: 'completion',
        result: expect.objectContaining({
          success: false,
          error: expect.objectContaining({ code: 'validation_failed' }),
        }),
      }),
    ]);
  });

  it('that waits says what for, and ends; who comes again gets the rest', async () => {
    const answer = await stream(custom(drip('say'), node('wait', 'delay', { duration_ms: 400 }), drip('again')), {
      stream_events: true,
    });
    const first = await allFrames(answer);
    const last = first.at(-1)!;
    expect(last).toMatchObject({ type: 'waiting', waiting_for: expect.objectContaining({}), id: expect.any(Number) });
    const id = answer.headers.get('x-execution-id')!;
    await chatter.until(id, 'completed');
    const rest = await allFrames(await follow(id, last.id!));
    expect(rest.at(-1)!.type).toBe('completion');
    expect(durable(rest).every((frame) => frame.id! > last.id!)).toBe(true);
  });
});

describe('A stream that is cut', () => {
  /** All durable frames of a run that has ended, as one reader gets them who is never cut. */
  const whole = async (id: string): Promise<Frame[]> =>
    durable(await allFrames(await follow(id))).filter(({ type }) => type !== 'waiting');

  it('goes on behind the last frame that the reader has: none missing, none twice, and the text is whole', async () => {
    const answer = await stream(custom(drip('one'), drip('two'), drip('three')), { stream_events: true });
    const id = answer.headers.get('x-execution-id')!;
    const before = await framesUntil(
      answer,
      ({ type, path, offset }) => type === 'token' && path === 'two' && offset > 5,
    );
    const last = durable(before).at(-1)!;
    const after = await allFrames(await follow(id, last.id!));

    const seen = [...durable(before), ...durable(after)].map((frame) => frame.id);
    expect(seen).toEqual((await whole(id)).map((frame) => frame.id));
    const ended = await result(id);
    expect(after.at(-1)!['result']).toEqual(ended);
    for (const path of ['one', 'two', 'three']) expect(textOf([...before, ...after], path)).toBe(text);
  });

  it('can be cut again and again', async () => {
    const answer = await stream(custom(drip('one'), drip('two'), drip('three')), { stream_events: true });
    const id = answer.headers.get('x-execution-id')!;
    const frames: Frame[] = await framesUntil(answer, () => true);
    for (let rounds = 0; frames.at(-1)!.type !== 'completion'; rounds += 1) {
      expect(rounds).toBeLessThan(50);
      const last = durable(frames).at(-1)?.id ?? undefined;
      let count = 0;
      frames.push(...(await framesUntil(await follow(id, last), ({ id: of }) => (count += of === null ? 0 : 1) === 2)));
    }
    expect(durable(frames).map((frame) => frame.id)).toEqual((await whole(id)).map((frame) => frame.id));
    expect(textOf(frames, 'three')).toBe(text);
  });

  it('goes on across a restart of the application', async () => {
    const steps = [drip('one'), drip('two', 60), drip('three', 200)]; // the reader is back before the last one has said all
    const answer = await stream(custom(...steps), { stream_events: true });
    const id = answer.headers.get('x-execution-id')!;
    const before = await framesUntil(answer, ({ type, path }) => type === 'token' && path === 'two');
    const last = durable(before).at(-1)!;
    await chatter.restart();
    const after = await allFrames(await follow(id, last.id!));

    const seen = [...durable(before), ...durable(after)].map((frame) => frame.id);
    expect(seen).toEqual((await whole(id)).map((frame) => frame.id));
    expect(after.at(-1)).toMatchObject({ type: 'completion', result: { success: true, output: text } });
    expect(textOf(after, 'three')).toBe(text);
    const { body } = await chatter.call('GET', `/api/v1/workflows/executions/${id}/verify`);
    expect(body.valid).toBe(true);
  });

  it('refuses a Last-Event-ID that is no number', async () => {
    const { body } = await chatter.execute(twice);
    const { status } = await chatter.call(
      'GET',
      `/api/v1/workflows/executions/${body.execution_id}/stream`,
      undefined,
      { 'last-event-id': 'x' },
    );
    expect(status).toBe(400);
  });
});
