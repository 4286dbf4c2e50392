import { describe, expect, it } from '@jest/globals';
import { accept, compiled, complete, edge, fail, given, node } from '../testing/index.js';

const diamond = (mergeConfig = {}) =>
  compiled(
    [
      node('s', 'start'),
      node('a', 'pure'),
      node('b', 'pure'),
      node('m', 'merge', { config: mergeConfig }),
      node('e', 'end'),
    ],
    ['s -> a', 's -> b', 'a -> m', 'b -> m', 'm -> e'],
  );

describe('who runs next', () => {
  it('schedules the entry with the acceptance', () => {
    given(diamond())
      .tell(accept())
      .then(['ExecutionAccepted', { scheduled: ['s'] }]);
  });

  it('schedules every branch with the fact that opened them', () => {
    given(diamond(), accept())
      .tell(complete('s'))
      .then(['StepCompleted', { scheduled: ['a', 'b'], taken: ['s -> a', 's -> b'] }]);
  });

  it('leaves a merge undecided while a predecessor is unsettled', () => {
    const run = given(diamond(), accept(), complete('s'), complete('a', 1));
    expect(run.statusOf('m')).toBeUndefined();
    run
      .tell(complete('b', 2))
      .then(['StepCompleted', { scheduled: ['m'] }], ['StepCompleted', { output: { a: 1, b: 2 }, scheduled: ['e'] }]);
  });

  it('lets a merge of any go at the first arrival, and ignores the second', () => {
    const run = given(diamond({ join: 'any' }), accept(), complete('s')).tell(complete('a', 1));
    expect(run.ready).toEqual(['b', 'e']);
    run.tell(complete('b', 2)).then(['StepCompleted', { taken: ['b -> m'] }]);
  });

  it('fails a join that can no longer be met', () => {
    const graph = compiled(
      [node('s', 'start'), node('c', 'choose'), node('a', 'pure'), node('m', 'merge', { config: { join: 'n', n: 2 } })],
      ['s -> c', 's -> a', 'c:true -> m', 'a -> m'],
    );
    given(graph, accept(), complete('s'), complete('a'))
      .tell(complete('c', null, 'false'))
      .then(
        'StepCompleted',
        ['StepAbandoned', { path: 'm' }],
        ['ExecutionFailed', { code: 'join_not_met', node_id: 'm' }],
      );
  });

  it('spreads deadness through skipped nodes, up to a node that something else reaches', () => {
    const graph = compiled(
      [
        node('s', 'start'),
        node('c', 'choose'),
        node('x', 'pure'),
        node('y', 'pure'),
        node('z', 'pure'),
        node('e', 'end'),
      ],
      ['s -> c', 'c:true -> x', 'x -> y', 'y -> e', 'c:false -> z', 'z -> e'],
    );
    const run = given(graph, accept(), complete('s'))
      .tell(complete('c', null, 'false'))
      .then(['StepCompleted', { scheduled: ['z'], skipped: ['x', 'y'], taken: ['c:false -> z'] }]);
    run.tell(complete('z')).then(['StepCompleted', { scheduled: ['e'] }]);
  });

  it('takes the default edge only when no other is taken', () => {
    const graph = compiled(
      [node('s', 'start'), node('a', 'pure'), node('b', 'pure')],
      [edge('s -> a', { condition: 'incoming.n > 1' }), edge('s -> b', { default: true })],
    );
    given(graph, accept())
      .tell(complete('s', { n: 2 }))
      .then(['StepCompleted', { scheduled: ['a'], skipped: ['b'] }]);
    given(graph, accept())
      .tell(complete('s', { n: 1 }))
      .then(['StepCompleted', { scheduled: ['b'], skipped: ['a'] }]);
  });

  it('fails the execution, not the step, when a condition cannot be evaluated', () => {
    const graph = compiled(
      [node('s', 'start'), node('a', 'pure')],
      [edge('s -> a', { condition: 'incoming.missing' })],
    );
    const run = given(graph, accept()).tell(complete('s', {}));
    run.then('StepCompleted', ['ExecutionFailed', { code: 'condition_failed', edge_id: 's -> a' }]);
    expect(run.statusOf('s')).toBe('succeeded');
  });

  it('refuses a condition that is not a bool: nothing unknown is ever true', () => {
    const graph = compiled([node('s', 'start'), node('a', 'pure')], [edge('s -> a', { condition: 'incoming' })]);
    given(graph, accept())
      .tell(complete('s', 'yes'))
      .then('StepCompleted', ['ExecutionFailed', { code: 'condition_failed' }]);
  });

  it('lets the edges out of an error port ask which error it is', () => {
    const graph = compiled(
      [node('s', 'start'), node('a', 'pure'), node('x', 'handler'), node('y', 'handler')],
      [
        's -> a',
        edge('a:error -> x', { condition: 'error.code == "busy"' }),
        edge('a:error -> y', { condition: 'incoming.code == "gone"' }),
      ],
    );
    const run = given(graph, accept(), complete('s')).tell(fail('a', { code: 'gone', retryable: false }));
    run.then('StepFailed', ['StepAbandoned', { scheduled: ['y'], skipped: ['x'], taken: ['a:error -> y'] }]);
  });

  it('ends where no edge is taken', () => {
    const graph = compiled([node('s', 'start'), node('c', 'choose')], ['s -> c']);
    given(graph, accept(), complete('s'))
      .tell(complete('c', null, 'true'))
      .then('StepCompleted', ['ExecutionCompleted', { output: null }]);
  });
});
