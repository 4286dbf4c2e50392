import { describe, expect, it } from '@jest/globals';
import { NodeFailure, type NodeResult } from '#plugin-sdk';
import type { StepInvocation } from './step-invocation.js';
import { nodeOf, run, runLater, runner, stepOf } from './testing/step.js';

describe('a result', () => {
  const result = (value: unknown): NodeResult | Promise<NodeResult> => run(() => value as NodeResult);

  it('may say everything a result can', () => {
    const whole = {
      ...{ port: 'out', output: {}, stop: true, set: { a: 1 }, unset: ['b'], warnings: ['w'] },
      metrics: { prompt_tokens: 1, completion_tokens: 2, cost_nano_usd: 3, tool_calls: 0 },
    };
    expect(result(whole)).toBe(whole);
  });

  it('of a node without ports is at end', () => {
    const ending = (port: string): NodeResult | Promise<NodeResult> =>
      runner.run(stepOf(nodeOf(({ to }) => to(port, 1), 'none', undefined, [])));
    expect(ending('end')).toMatchObject({ port: 'end' });
    expect(() => ending('out')).toThrow('has the ports end.');
  });

  it.each<[unknown, string, string]>([
    [undefined, 'invalid_result', 'gave undefined and no result'],
    ['text', 'invalid_result', 'gave text and no result'],
    [null, 'invalid_result', 'gave null'],
    [{ port: 'side', output: 1 }, 'invalid_result', 'went on at "side", but has the ports out.'],
    [{ port: 'error', output: 1 }, 'invalid_result', 'went on at "error"'],
    [{ port: 'out' }, 'unsafe_json', 'output is undefined'],
    [{ port: 'out', output: 1, set: { a: () => 1 } }, 'unsafe_json', 'set.a is a function'],
    [{ port: 'out', output: 1, set: [1] }, 'invalid_result', 'set has to be an object'],
    [{ port: 'out', output: 1, unset: 'a' }, 'invalid_result', 'unset has to be a list'],
    [{ port: 'out', output: 1, warnings: [1] }, 'invalid_result', 'warnings has to be a list'],
    [{ port: 'out', output: 1, stop: 'yes' }, 'invalid_result', 'stop has to be true or false'],
    [
      { port: 'out', output: 1, metrics: { prompt_tokens: 0.5 } },
      'invalid_result',
      'metrics has to hold whole numbers',
    ],
  ])('that cannot be recorded is a failure: %j', async (value, code, message) => {
    const failure = { code, retryable: false, message: expect.stringContaining(message) };
    expect(() => result(value)).toThrow(expect.objectContaining(failure));
    await expect(runLater(async () => value as NodeResult)).rejects.toMatchObject(failure);
  });
});

describe('what a node throws', () => {
  const thrown = (value: unknown, changes: Partial<StepInvocation> = {}): Promise<NodeResult> =>
    runLater(() => {
      throw value;
    }, changes);

  it('stays the failure it is', async () => {
    const failure = new NodeFailure({
      code: 'http_503',
      message: 'm',
      retryable: true,
      retryAfterMs: 5,
      details: { a: 1 },
      usage: { prompt_tokens: 1, completion_tokens: 0, cost_nano_usd: 2, tool_calls: 0, model: 'p/m' },
    });
    await expect(thrown(failure)).rejects.toBe(failure);
    await expect(runLater(() => Promise.reject(failure))).rejects.toBe(failure);
  });

  it('is a failure from another copy of the SDK too', async () => {
    const foreign = Object.assign(new Error('m'), {
      name: 'NodeFailure',
      code: 'late',
      retryable: true,
      uncertain: true,
      retryAfterMs: 7,
      details: [1],
    });
    await expect(thrown(foreign)).rejects.toBeInstanceOf(NodeFailure);
    await expect(thrown(foreign)).rejects.toMatchObject({
      code: 'late',
      message: 'm',
      retryable: true,
      uncertain: true,
      retryAfterMs: 7,
      details: [1],
    });
  });

  it('is mended where it could not be recorded', async () => {
    const odd = new NodeFailure({
      code: 'HTTP 500',
      message: 'half \ud800',
      retryAfterMs: -1,
      details: { f: 2 ** 60 },
      usage: { prompt_tokens: -1, completion_tokens: 0, cost_nano_usd: 0, tool_calls: 0 },
    });
    await expect(thrown(odd)).rejects.toMatchObject({
      ...{
        code: 'internal',
        message: 'half \ufffd',
        retryable: false,
        uncertain: false,
        retryAfterMs: undefined,
        details: undefined,
        usage: undefined,
      },
    });
  });

  it.each<[unknown, string]>([
    [new TypeError('x is not a function'), 'TypeError: x is not a function'],
    [new Error("ENOENT: open '/home/someone/secret/file.txt'"), "Error: ENOENT: open '[file]'"],
    [new Error('at file:///srv/app/x.js:1'), 'Error: at [file]'],
    [new Error('boom\n    at run (/srv/x.js:1:1)\n    at y'), 'Error: boom'],
    [{ message: 'no error' }, 'Error: no error'],
    ['text', 'text'],
    [null, 'null'],
  ])('is otherwise internal, without stack and paths: %p', async (value, message) => {
    await expect(thrown(value)).rejects.toMatchObject({
      code: 'internal',
      retryable: true,
      uncertain: false,
      message: `The node failed unexpectedly. ${message}`,
    });
  });

  it('is short', async () => {
    await expect(thrown(new Error('x'.repeat(9_999)))).rejects.toMatchObject({
      message: expect.stringMatching(/^.{1000,1100}$/),
    });
  });

  it('comes of the abort, after an abort', async () => {
    const reason = new NodeFailure({ code: 'timeout', message: 'late', retryable: true, uncertain: true });
    await expect(thrown(new Error('AbortError'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(thrown(new Error('AbortError'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
      retryable: true,
      uncertain: true,
    });
  });
});
