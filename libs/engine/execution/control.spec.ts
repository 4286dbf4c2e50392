import { describe, expect, it } from '@jest/globals';
import { NodeFailure, type WaitDefinition } from '#plugin-sdk';
import { compileGraph } from '../graph/compiled-graph.js';
import { accept, after, compiled, complete, given, graph, node, sampleNodes, sampleUsable } from '../testing/index.js';

const broken = (type: string, config: object) =>
  compiled(
    [node('s', 'start'), node('x', type, { config: config as never }), node('h', 'handler')],
    ['s -> x', 'x:error -> h'],
  );

describe('a control node that cannot go on', () => {
  it.each([
    ['merge', { n: '{{ input.missing }}' }, 'expression_failed'],
    ['map', { items: '{{ input.missing }}' }, 'expression_failed'],
    ['map', { items: '{{ null }}' }, 'internal'],
    ['pause', { ms: '{{ input.missing }}' }, 'expression_failed'],
    ['loop', { while: 'input.missing' }, 'expression_failed'],
    ['loop', { while: '1' }, 'condition_not_boolean'],
  ])('%s with %j leaves by its error port with %s', (type, config, code) => {
    given(broken(type, config), accept())
      .tell(complete('s'))
      .then('StepCompleted', [
        'StepAbandoned',
        { path: 'x', failure: expect.objectContaining({ code }) as never, scheduled: ['h'] },
      ]);
  });

  it('fails a loop whose condition breaks later on', () => {
    const looped = compiled(
      [node('s', 'start'), node('l', 'loop', { config: { while: 'index == 0 || variables.gone' } }), node('b', 'pure')],
      ['s -> l', 'l:continue -> b', 'b -> l:back'],
    );
    given(looped, accept())
      .tell(complete('s'))
      .then('StepCompleted', 'IterationStarted')
      .tell(complete('l[0]/b'))
      .then('StepCompleted', ['StepAbandoned', { path: 'l' }], ['ExecutionFailed', { code: 'expression_failed' }]);
  });
});

describe('a wait', () => {
  const pause = sampleNodes.find('pause') as WaitDefinition;
  const waiting = (more: Partial<WaitDefinition>) =>
    compileGraph(graph([node('s', 'start'), node('w', 'pause')], ['s -> w']), (type) =>
      type === 'pause' ? { definition: { ...pause, ...more }, prepare: (config) => config } : sampleUsable(type),
    );

  it('that waits for nothing that can come is given up', () => {
    given(waiting({ begin: () => ({}) }), accept())
      .tell(complete('s'))
      .then('StepCompleted', 'StepAbandoned', ['ExecutionFailed', { code: 'wait_without_end' }]);
  });

  it('whose node refuses is given up with what it says', () => {
    const refuse = () => {
      throw new NodeFailure({ code: 'bad_time', message: 'no such time' });
    };
    given(waiting({ begin: refuse }), accept())
      .tell(complete('s'))
      .then('StepCompleted', 'StepAbandoned', ['ExecutionFailed', { code: 'bad_time' }]);
  });

  it('may stay when its timer has fired', () => {
    const run = given(
      waiting({ begin: () => ({ timer: { dueAt: 0 } }), onEvent: () => ({ type: 'stay' }) }),
      accept(),
      complete('s'),
    );
    run.tell({ type: 'FireTimer', path: 'w', at: after(1) }).then('TimerFired');
    expect(run.statusOf('w')).toBe('waiting');
  });
});

describe('a graph that cannot run', () => {
  it('is refused by name', () => {
    expect(() => compileGraph(graph([node('x', 'nobody')], []), () => undefined)).toThrow('nobody');
    expect(() => compiled([node('a', 'pure'), node('b', 'pure')], [])).toThrow('no entry');
  });
});
