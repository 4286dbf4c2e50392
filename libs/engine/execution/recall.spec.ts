import { describe, expect, it } from '@jest/globals';
import type { Settled } from './execution.commands.js';
import { accept, accepted, begin, compiled, complete, edge, given, node, type Wish } from '../testing/index.js';

const recalling = (...settled: Settled[]): Wish => ({
  type: 'Accept',
  accepted: accepted(),
  recalled: new Map(settled.map((each) => [each.path, each])),
});
const done = (
  path: string,
  output: string | number | null = null,
  port = 'out',
  more: Partial<Settled> = {},
): Settled => ({ path, attempt: 1, port, output, ...more }) as Settled;
const lost = (path: string): Settled => ({
  path,
  attempt: 2,
  failure: { code: 'broken', message: 'broken', retryable: false },
});

describe('an execution that recalls what another had settled', () => {
  const graph = compiled(
    [
      node('s', 'start'),
      node('a', 'change'),
      node('w', 'pause', { config: { ms: 100 } }),
      node('b', 'change'),
      node('e', 'end'),
    ],
    ['s -> a', 'a -> w', 'w -> b', 'b -> e'],
  );

  it('goes on behind it: nothing of that runs, waits or costs again', () => {
    const run = given(graph).tell(recalling(done('s'), done('a', 1, 'out', { variables: { v: 1 } }), done('w', 1)));
    run.then(
      'ExecutionAccepted',
      ['StepCompleted', { path: 's', recalled: true }],
      ['StepCompleted', { path: 'a', recalled: true, output: 1 }],
      ['StepCompleted', { path: 'w', recalled: true, scheduled: ['b'] }],
    );
    expect(run.ready).toEqual(['b']);
    expect(run.state.variables).toEqual({ v: 1 });
    run
      .tell(begin('b'))
      .tell(complete('b', 2))
      .tell(complete('e', 2, 'end'))
      .expectFoldable();
    expect(run.state.status).toBe('completed');
  });

  it('recalls nothing that comes after a step that it does not recall', () => {
    const run = given(graph).tell(recalling(done('s'), done('w'), done('b'), done('e', 1, 'end')));
    expect(run.ready).toEqual(['a']);
    run
      .tell(begin('a'))
      .tell(complete('a'))
      .then(['StepCompleted', { scheduled: ['w'] }], 'TimerSet');
  });

  it('decides joins, scopes and conditions anew, by what is recalled', () => {
    const looped = compiled(
      [
        node('s', 'start'),
        node('each', 'map', { config: { items: [1, 2, 3], on_error: 'skip' } }),
        node('a', 'change'),
        node('m', 'merge'),
        node('x', 'pure'),
      ],
      ['s -> each', 'each:item -> a', 'a -> each:back', 'each -> m', edge('s -> x', { condition: 'false' }), 'x -> m'],
    );
    const run = given(looped).tell(recalling(done('s'), done('each[0]/a', 10), lost('each[1]/a')));
    expect(run.ready).toEqual(['each[2]/a']);
    expect(run.statusOf('each[1]/a')).toBe('abandoned');
    expect(run.statusOf('x')).toBe('skipped');
    run.tell(begin('each[2]/a')).tell(complete('each[2]/a', 30)).expectFoldable();
    expect(run.state.steps.get('each')?.output).toEqual([10, 30]);
    expect(run.state.status).toBe('completed');
  });

  it('recalls what a caller had called', () => {
    const calling = compiled([node('s', 'start'), node('ask', 'caller', { config: { turns: 1 } })], ['s -> ask']);
    const run = given(calling).tell(recalling(done('s'), done('ask/turn[0]', 'said')));
    run.then('ExecutionAccepted', 'StepCompleted', 'StepCalled', 'StepCalled', [
      'StepCompleted',
      { path: 'ask/turn[0]', recalled: true },
    ]);
    expect(run.ready).toEqual(['ask/turn[0]/tool[0]']);
    run.expectFoldable();
  });

  it('is a new one where there is nothing to recall', () => {
    given(graph, accept()).then(['ExecutionAccepted', { scheduled: ['s'] }]);
  });
});
