import { describe, expect, it } from '@jest/globals';
import { accept, begin, compiled, complete, fail, given, node } from '../testing/index.js';

const graph = (config: object, data: object = {}) =>
  compiled(
    [
      node('s', 'start'),
      node('ask', 'caller', { config: { ...config }, ...data }),
      node('e', 'end'),
      node('h', 'handler'),
    ],
    ['s -> ask', 'ask -> e', 'ask:error -> h'],
  );

describe('a task that calls steps', () => {
  const called = () => given(graph({ turns: 2 }), accept(), complete('s'));

  it('is not executed itself: what it calls are steps of their own', () => {
    const run = called().then(
      'StepCompleted',
      ['StepCalled', { by: 'ask', path: 'ask/turn[0]', node_type: 'look', config: { turn: 0 }, value: { turns: 2 } }],
      ['StepCalled', { by: 'ask', path: 'ask/turn[0]/tool[0]', node_type: 'change', config: { turn: 0 } }],
    );
    expect(run.ready).toEqual(['ask/turn[0]', 'ask/turn[0]/tool[0]']);
    run.expectFoldable();
  });

  it('gives each the effects and the key of its own type and place', () => {
    called()
      .tell(begin('ask/turn[0]'))
      .then(['StepStarted', { effects: 'read', idempotency_key: 'exec_1/ask/turn[0]' }])
      .tell(begin('ask/turn[0]/tool[0]'))
      .then(['StepStarted', { effects: 'write', idempotency_key: 'exec_1/ask/turn[0]/tool[0]' }]);
  });

  it('is asked again when all of them have settled, and settles when it says so', () => {
    const run = called().tell(begin('ask/turn[0]')).tell(begin('ask/turn[0]/tool[0]'));
    run.tell(complete('ask/turn[0]', 1)).then(['StepCompleted', { path: 'ask/turn[0]' }]);
    run.tell(complete('ask/turn[0]/tool[0]', 2)).then('StepCompleted', 'StepCalled', 'StepCalled');
    run.tell(begin('ask/turn[1]')).tell(begin('ask/turn[1]/tool[0]')).tell(complete('ask/turn[1]/tool[0]', 4));
    run
      .tell(complete('ask/turn[1]', 3))
      .then('StepCompleted', ['StepCompleted', { path: 'ask', output: [1, 2, 3, 4], scheduled: ['e'] }])
      .expectFoldable();
    expect(run.state.totals.steps).toBe(5); // the start and what was called: the caller is no leaf
  });

  it('hears of a step that was given up', () => {
    const run = called().tell(begin('ask/turn[0]')).tell(begin('ask/turn[0]/tool[0]'));
    run
      .tell(fail('ask/turn[0]/tool[0]', { retryable: false }))
      .then('StepFailed', ['StepAbandoned', { path: 'ask/turn[0]/tool[0]' }]);
    run
      .tell(complete('ask/turn[0]', 1))
      .then('StepCompleted', ['StepAbandoned', { path: 'ask', scheduled: ['h'] }])
      .expectFoldable();
  });

  it('tries a step that merely looks again, by itself', () => {
    called()
      .tell(begin('ask/turn[0]'))
      .tell(fail('ask/turn[0]'))
      .then('StepFailed', ['StepScheduled', { path: 'ask/turn[0]', attempt: 2 }]);
  });

  it('goes on after a crash: a call of which nobody knows is uncertain', () => {
    called()
      .tell(begin('ask/turn[0]/tool[0]'))
      .tell({ type: 'TakeOver', process: 'p2', chance: 0 })
      .then('DriverTaken', ['StepUncertain', { path: 'ask/turn[0]/tool[0]', policy: 'ask' }])
      .tell({ type: 'ResolveUncertainty', path: 'ask/turn[0]/tool[0]', outcome: 'succeeded', output: 2 })
      .then('UncertaintyResolved', 'StepCompleted')
      .expectFoldable();
  });

  it('is a plain task with a config that calls nothing', () => {
    given(graph({}), accept(), complete('s')).tell(begin('ask')).then('StepStarted');
  });

  it('ends with its execution', () => {
    const run = called().tell(begin('ask/turn[0]')).tell({ type: 'Cancel', by: 'a', reason: null, force: false });
    run.tell(fail('ask/turn[0]')).then('StepCancelled', 'ExecutionCancelled').expectFoldable();
    expect(run.statusOf('ask')).toBe('cancelled');
  });
});
