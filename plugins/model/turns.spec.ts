import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type CalledStep,
  defaultsFilled,
  type Failure,
  type JsonObject,
  type JsonValue,
  type TaskDefinition,
  toDefinition,
} from '@chatter/plugin-sdk';
import { type CallsOutcome, driveCalls } from '@chatter/plugin-sdk/testing';
import { ModelNode } from './model.node.js';

const config = { prompt: 'What is 6 * 7?', system_message: 'Be exact.', tools: ['calculator', 'current_time'] };
const sum = { id: 'c1', name: 'calculator', arguments: { expression: '6 * 7' } };
const time = { id: 'c2', name: 'current_time', arguments: {} };
const rocket = { id: 'c3', name: 'rocket', arguments: {} };

/** What a turn says: a text, or what it asks for. */
type Turn = string | readonly JsonObject[] | Failure;
type ToolEnd = { readonly value: JsonValue } | { readonly failure: Failure };

const turnOutput = (turn: string | readonly JsonObject[]): JsonObject => ({
  text: typeof turn === 'string' ? turn : '',
  tool_calls: typeof turn === 'string' ? [] : turn,
  finish_reason: typeof turn === 'string' ? 'stop' : 'tool-calls',
  usage: { prompt_tokens: 10, completion_tokens: 2 },
  cost: 0.1,
  provider: 'test',
  model: 'test-1',
});

/** A talk in which the model says these turns, and each tool comes to the same. */
function talk(turns: readonly Turn[], more: JsonObject = {}, tool: ToolEnd = { value: 42 }): CallsOutcome {
  const left = [...turns];
  const called = ({ node_type }: CalledStep): ToolEnd => {
    if (node_type === 'tool') return tool;
    const turn = left.shift() ?? 'Nothing more.';
    return typeof turn === 'object' && 'code' in turn
      ? { failure: turn }
      : { value: turnOutput(turn as string | readonly JsonObject[]) };
  };
  return driveCalls(ModelNode, { config: { ...config, ...more }, called });
}

const names = ({ called }: CallsOutcome): string[] => called.map(({ name }) => name);
const configOf = ({ called }: CallsOutcome, name: string): JsonObject =>
  called.find((step) => step.name === name)!.config;
const lastMessage = (outcome: CallsOutcome, name: string): JsonObject =>
  (configOf(outcome, name)['messages'] as JsonObject[]).at(-1)!;

describe('a model with tools', () => {
  it('calls what the model asks for, tells it the result, and gives on its answer', () => {
    const outcome = talk([[sum], 'It is 42.']);
    expect(names(outcome)).toEqual(['turn[0]', 'turn[0]/tool[0]', 'turn[1]']);
    expect(configOf(outcome, 'turn[0]')).toEqual({
      messages: [
        { role: 'system', content: 'Be exact.' },
        { role: 'user', content: 'What is 6 * 7?' },
      ],
      tools: ['calculator', 'current_time'],
      run_tools: false,
      stream: true,
      max_tool_calls: 10,
      use_memory: false,
      use_context: false,
    });
    expect(defaultsFilled(toDefinition(ModelNode).descriptor.configSchema, configOf(outcome, 'turn[1]'))).toBe(
      configOf(outcome, 'turn[1]'),
    );
    expect(configOf(outcome, 'turn[0]/tool[0]')).toEqual({
      tool_name: 'calculator',
      arguments: { expression: '6 * 7' },
    });
    expect((configOf(outcome, 'turn[1]')['messages'] as JsonObject[]).slice(2)).toEqual([
      { role: 'assistant', content: '', tool_calls: [sum] },
      { role: 'tool', content: '42', tool_call_id: 'c1', name: 'calculator' },
    ]);
    expect(outcome.step).toEqual({
      type: 'settle',
      port: 'out',
      output: {
        text: 'It is 42.',
        tool_calls: [{ ...sum, ok: true }],
        finish_reason: 'stop',
        usage: { prompt_tokens: 20, completion_tokens: 4 },
        cost: 0.2,
        provider: 'test',
        model: 'test-1',
      },
    });
  });

  it('is one turn where the model needs none', () => {
    const outcome = talk(['Hello.']);
    expect(names(outcome)).toEqual(['turn[0]']);
    expect(outcome.step).toMatchObject({ output: { text: 'Hello.', tool_calls: [] } });
  });

  it('calls all that one turn asks for at once', () => {
    const outcome = talk([[sum, time], 'Done.']);
    expect(names(outcome)).toEqual(['turn[0]', 'turn[0]/tool[0]', 'turn[0]/tool[1]', 'turn[1]']);
  });

  it('asks each turn as it is configured, for data and pictures too', () => {
    const told = {
      provider: 'p',
      model: 'm',
      temperature: 0,
      max_tokens: 5,
      response_schema: { type: 'object' },
      stream: false,
    };
    const images = [{ data: 'data:image/png;base64,aGk=' }];
    const outcome = talk([[sum], 'Done.'], { ...told, images });
    for (const turn of ['turn[0]', 'turn[1]']) {
      expect(configOf(outcome, turn)).toMatchObject(told);
      expect((configOf(outcome, turn)['messages'] as JsonObject[])[1]).toEqual({
        role: 'user',
        content: 'What is 6 * 7?',
        images: [{ mime: 'image/png', data: 'aGk=' }],
      });
    }
  });

  it('tells the model of what arrived in each turn', () => {
    const outcome = driveCalls(ModelNode, {
      config: { ...config, use_context: true },
      incoming: [{ title: 'Sums', text: '6 * 7 is 42.' }],
      called: () => ({ value: turnOutput('It is 42.') }),
    });
    expect(JSON.stringify(configOf(outcome, 'turn[0]'))).toContain('6 * 7 is 42.');
  });

  it('gives on the data of the last turn', () => {
    const called = () => ({ value: { ...turnOutput('{"n":1}'), data: { n: 1 } } });
    expect(driveCalls(ModelNode, { config, called }).step).toMatchObject({ output: { data: { n: 1 } } });
  });
});

describe('a tool', () => {
  it('that fails is told to the model', () => {
    const failure = { code: 'http_503', message: 'Busy.', retryable: true };
    const outcome = talk([[sum], 'I could not.'], {}, { failure });
    expect(lastMessage(outcome, 'turn[1]')).toMatchObject({ role: 'tool', content: '{"error":"http_503: Busy."}' });
    expect(outcome.step).toMatchObject({
      type: 'settle',
      output: { text: 'I could not.', tool_calls: [{ ok: false }] },
    });
  });

  it.each([['max_cost'], ['max_total_tokens']])('that meets the limit %s ends the talk', (code) => {
    const failure = { code, message: 'Enough.', retryable: false };
    expect(talk([[sum]], {}, { failure }).step).toEqual({ type: 'fail', failure });
  });

  it('that is not offered is not called, and the model is told so', () => {
    const outcome = talk([[rocket, sum], 'Well.']);
    expect(names(outcome)).toEqual(['turn[0]', 'turn[0]/tool[1]', 'turn[1]']);
    const told = (configOf(outcome, 'turn[1]')['messages'] as JsonObject[]).slice(-2);
    expect(told[0]).toMatchObject({ tool_call_id: 'c3', content: expect.stringContaining('no tool \\"rocket\\"') });
    expect(told[1]).toMatchObject({ tool_call_id: 'c1', content: '42' });
    expect(outcome.step).toMatchObject({ output: { tool_calls: [{ name: 'rocket', ok: false }, { ok: true }] } });
  });

  it('may have any name where all are offered: whether there is such a one, its step says', () => {
    expect(names(talk([[rocket], 'Well.'], { tools: ['*'] }))).toContain('turn[0]/tool[0]');
  });

  it('that tells very much is told in part', () => {
    const outcome = talk([[sum], 'Long.'], {}, { value: 'x'.repeat(60_000) });
    const { content } = lastMessage(outcome, 'turn[1]') as { content: string };
    expect(content).toHaveLength(20_000 + ' … (cut: 60000 characters)'.length);
  });

  it('that gives an object is told as JSON', () => {
    const outcome = talk([[sum], 'Yes.'], {}, { value: { a: [1] } });
    expect(lastMessage(outcome, 'turn[1]')).toMatchObject({ content: '{"a":[1]}' });
  });
});

describe('a model that asks for ever', () => {
  const forever: Turn[] = Array<Turn>(50).fill([sum]);

  it.each([
    [1, 3],
    [3, 5],
    [10, 12],
  ])('may call %j tools, and then answers without, in %j turns', (most, turns) => {
    const outcome = talk(forever, { max_tool_calls: most });
    const isTool = (name: string): boolean => name.includes('/tool');
    expect(names(outcome).filter(isTool)).toHaveLength(most);
    expect(names(outcome).filter((name) => !isTool(name))).toHaveLength(turns);
    const last = `turn[${turns - 1}]`;
    expect(configOf(outcome, last)).not.toHaveProperty('tools');
    expect(lastMessage(outcome, last)['content']).toContain(`No more than ${most} tools`);
    expect(outcome.step).toMatchObject({ type: 'settle', output: { finish_reason: 'max_tool_calls' } });
  });

  it('may not call the rest of what one turn asks for', () => {
    const outcome = talk([[sum, time, sum], 'Done.'], { max_tool_calls: 2 });
    expect(names(outcome)).toEqual(['turn[0]', 'turn[0]/tool[0]', 'turn[0]/tool[1]', 'turn[1]']);
    expect(outcome.step).toMatchObject({
      output: {
        text: 'Done.',
        finish_reason: 'max_tool_calls',
        tool_calls: [{ ok: true }, { ok: true }, { ok: false }],
      },
    });
  });

  it('comes to an end also where it asks for what there is not', () => {
    const outcome = talk(Array<Turn>(50).fill([rocket]));
    expect(names(outcome)).toHaveLength(12);
    expect(outcome.step).toMatchObject({ output: { finish_reason: 'max_tool_calls' } });
  });
});

describe('whatever a model asks for', () => {
  const wish = fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    name: fc.constantFrom('calculator', 'current_time', 'rocket'),
    arguments: fc.constant({}),
  });
  const turn = fc.oneof(fc.constant('Done.'), fc.array(wish, { minLength: 1, maxLength: 6 }));

  it('the talk ends within the bound, and each wish has its answer', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (turns, most) => {
        const outcome = talk(turns, { max_tool_calls: most });
        const tools = outcome.called.filter(({ node_type }) => node_type === 'tool');
        const asked = outcome.called.filter(({ node_type }) => node_type === 'model');
        expect(outcome.step.type).toBe('settle');
        expect(tools.length).toBeLessThanOrEqual(most);
        expect(tools.map(({ config: { tool_name } }) => tool_name)).not.toContain('rocket');
        expect(asked.length).toBeLessThanOrEqual(most + 2);
        for (const { config: told } of asked) expectAnswered(told['messages'] as JsonObject[]);
      }),
    );
  });

  /** After each wish come the answers to all that it asks for, in their order. */
  function expectAnswered(messages: readonly JsonObject[]): void {
    messages.forEach(({ tool_calls: calls = [] }, at) => {
      const ids = (calls as readonly JsonObject[]).map(({ id }) => id);
      const answers = messages.slice(at + 1, at + 1 + ids.length);
      expect(answers.map(({ role, tool_call_id: id }) => [role, id])).toEqual(ids.map((id) => ['tool', id]));
    });
  }
});

describe('a turn that fails', () => {
  it('fails the node', () => {
    const failure = { code: 'model_unavailable', message: 'Gone.', retryable: true };
    expect(talk([[sum], failure]).step).toEqual({ type: 'fail', failure });
  });
});

describe('whether a model is a talk', () => {
  const { callsSteps } = toDefinition(ModelNode) as { callsSteps: (config: JsonObject) => readonly string[] };

  it.each<[JsonObject, boolean]>([
    [{}, false],
    [{ tools: [] }, false],
    [{ tools: null }, false],
    [{ tools: ['a'] }, true],
    [{ tools: ['a'], run_tools: true }, true],
    [{ tools: ['a'], run_tools: false }, false],
    [{ tools: '{{ input.tools }}' }, true],
  ])('with %j: %j', (given, is) => expect(callsSteps(given)).toEqual(is ? ['model', 'tool'] : []));

  it('and without tools where an expression comes out as none', () => {
    const { nextCalls } = toDefinition(ModelNode) as Required<TaskDefinition>;
    const resolved = { ...config, tools: [], max_tool_calls: 10, stream: true, use_memory: false, use_context: false };
    const step = nextCalls(resolved, { incoming: null, ended: [] }) as { steps: readonly CalledStep[] };
    expect(step.steps[0]?.config).not.toHaveProperty('tools');
    const ended = [{ name: 'turn[0]', ok: true as const, output: turnOutput([rocket]) }];
    expect(JSON.stringify(nextCalls(resolved, { incoming: null, ended }))).toContain('There is: none.');
  });
});
