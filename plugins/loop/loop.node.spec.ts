import { describe, expect, it } from '@jest/globals';
import {
  type IterationEnd,
  type JsonObject,
  type JsonValue,
  type ScopeDefinition,
  type ScopeState,
  type ScopeStep,
  toDefinition,
} from '@chatter/plugin-sdk';
import { driveScope } from '@chatter/plugin-sdk/testing';
import { LoopNode } from './loop.node.js';

const loop = toDefinition(LoopNode) as ScopeDefinition;
const ended = (...values: JsonValue[]): IterationEnd[] => values.map((value, index) => ({ index, ok: true, value }));
const after = (...values: JsonValue[]): ScopeState => ({ started: values.length, running: 0, ended: ended(...values) });
const ask = (config: JsonObject, state: ScopeState): ScopeStep => loop.next(config, state);
const exit = (iterations: number, last: JsonValue, ended_by: string): ScopeStep => ({
  type: 'settle',
  port: 'exit',
  output: { iterations, last, ended_by },
});

describe('a loop that counts', () => {
  it('runs ten times, if it is told nothing else', () => {
    expect(ask({}, after())).toEqual({ type: 'iterate', item: null });
    expect(ask({}, after(...Array<number>(9).fill(1)))).toEqual({ type: 'iterate', item: null });
    expect(ask({}, after(...Array<number>(10).fill(7)))).toEqual(exit(10, 7, 'count'));
  });

  it('ends at its count also where the limit is a failure: it is what was asked for', () => {
    expect(ask({ max_iterations: 1, on_limit: 'fail' }, after('a'))).toEqual(exit(1, 'a', 'count'));
  });
});

describe('a loop with a condition', () => {
  it('asks before each iteration, the first included', () => {
    expect(ask({ while: false }, after())).toEqual(exit(0, null, 'condition'));
    expect(ask({ until: true }, after())).toEqual(exit(0, null, 'condition'));
  });

  it('goes on while the one holds, until the other does', () => {
    expect(ask({ while: true }, after('a'))).toEqual({ type: 'iterate', item: null });
    expect(ask({ while: false }, after('a'))).toEqual(exit(1, 'a', 'condition'));
    expect(ask({ until: false }, after('a'))).toEqual({ type: 'iterate', item: null });
    expect(ask({ until: true }, after('a', 'b'))).toEqual(exit(2, 'b', 'condition'));
  });

  it('goes on at exit when the limit is reached', () => {
    expect(ask({ while: true, max_iterations: 2 }, after('a', 'b'))).toEqual(exit(2, 'b', 'limit'));
    expect(ask({ until: false }, after(...Array<number>(10).fill(0)))).toEqual(exit(10, 0, 'limit'));
  });

  it('fails at the limit where that is wished', () => {
    const step = ask({ while: true, max_iterations: 2, on_limit: 'fail' }, after('a', 'b'));
    expect(step).toMatchObject({ type: 'fail', failure: { code: 'loop_limit', retryable: false } });
  });

  it('ends by the condition when that and the limit meet', () => {
    expect(ask({ while: false, max_iterations: 1, on_limit: 'fail' }, after('a'))).toEqual(exit(1, 'a', 'condition'));
  });
});

describe('a loop over items', () => {
  it('takes each in order, null included', () => {
    const items = ['a', null, { c: 1 }];
    expect(ask({ items }, after())).toEqual({ type: 'iterate', item: 'a' });
    expect(ask({ items }, after(1))).toEqual({ type: 'iterate', item: null });
    expect(ask({ items }, after(1, 2))).toEqual({ type: 'iterate', item: { c: 1 } });
    expect(ask({ items }, after(1, 2, 3))).toEqual(exit(3, 3, 'items'));
  });

  it('has nothing to do for an empty list', () => expect(ask({ items: [] }, after())).toEqual(exit(0, null, 'items')));

  it('may be longer than the ten of a loop that counts', () => {
    const items = Array<number>(25).fill(1);
    expect(ask({ items }, after(...items.slice(0, 24)))).toEqual({ type: 'iterate', item: 1 });
  });

  it('fails before the first when there are more than are allowed', () => {
    const step = ask({ items: [1, 2, 3], max_iterations: 2 }, after());
    expect(step).toMatchObject({
      type: 'fail',
      failure: { code: 'loop_limit', message: expect.stringContaining('3 items') },
    });
    expect(ask({ items: [1, 2], max_iterations: 2 }, after())).toEqual({ type: 'iterate', item: 1 });
  });
});

describe('any loop', () => {
  it('runs one iteration at a time', () => {
    expect(ask({}, { started: 1, running: 1, ended: [] })).toEqual({ type: 'stay' });
    expect(ask({ items: [1, 2] }, { started: 1, running: 1, ended: [] })).toEqual({ type: 'stay' });
  });

  it('fails as its iteration failed', () => {
    const failure = { code: 'http_500', message: 'GET https://a.example/ answered 500.', retryable: true };
    const state: ScopeState = { started: 1, running: 0, ended: [{ index: 0, ok: false, failure }] };
    expect(ask({}, state)).toEqual({ type: 'fail', failure });
  });

  it('goes by one thing', () => {
    expect(loop.validate?.({ while: 'true', items: [] })).toMatchObject([{ path: '/items' }]);
    expect(loop.validate?.({ while: 'true', until: 'true', items: [] })).toHaveLength(2);
    expect(loop.validate?.({ until: 'true', max_iterations: 3 })).toEqual([]);
    expect(loop.validate?.({})).toEqual([]);
  });

  it('is entered at continue, and reads condition as while', () => {
    expect(loop.descriptor).toMatchObject({ kind: 'scope', bodyPort: 'continue', ports: ['continue', 'exit'] });
    expect(loop.descriptor.aliases.config).toMatchObject({ condition: 'while' });
  });
});

describe('a whole loop', () => {
  it('runs until its condition holds, which is asked anew each time', () => {
    const run = driveScope(LoopNode, {
      asked: (count) => ({ until: count >= 3 }),
      body: (_, index) => ({ value: index }),
    });
    expect(run.step).toEqual(exit(3, 2, 'condition'));
    expect(run.atOnce).toBe(1);
  });

  it('brings each item through its body, in order', () => {
    const run = driveScope(LoopNode, { config: { items: ['a', 'b'] } });
    expect(run).toMatchObject({ items: ['a', 'b'], step: exit(2, 'b', 'items'), atOnce: 1 });
  });

  it('starts nothing after an iteration that failed', () => {
    const failure = { code: 'timeout', message: 'Too slow.', retryable: true };
    const run = driveScope(LoopNode, { body: (_, index) => (index === 1 ? { failure } : { value: index }) });
    expect(run).toMatchObject({ items: [null, null], step: { type: 'fail', failure } });
  });
});
