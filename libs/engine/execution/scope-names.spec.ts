import { describe, expect, it } from '@jest/globals';
import { parseExpression } from '../expression/index.js';
import { accept, begin, compiled, complete, edge, fail, given, node, type Specified } from '../testing/index.js';
import { arrivalsAt, errorBefore, executionFacts, namesAt, nodesInScope, wireStatus } from './scope-names.js';

const nested = () =>
  compiled(
    [
      node('s', 'start'),
      node('o', 'map', { config: { items: ['a', 'b'] } }),
      node('i', 'map', { config: { items: [1] } }),
      node('b', 'pure'),
      node('e', 'end'),
    ],
    ['s -> o', 'o:item -> i', 'i:item -> b', 'b -> i:back', 'i:done -> o:back', 'o:done -> e'],
  );

/** What an expression gives inside `instance`. */
function at(run: Specified, instance: string, source: string, more: object = {}): unknown {
  const names = namesAt(run.state, run.graph, { instance, incoming: 'came', needs: 'all', ...more });
  return parseExpression(source).evaluate(names);
}

describe('what a name means', () => {
  const run = given(nested(), accept({ input: { n: 1 } }), complete('s', 'started', 'out', 1, { set: { v: 2 } }));

  it.each([
    ['', 'input.n', 1],
    ['', 'incoming', 'came'],
    ['', 'params', {}],
    ['', 'variables.v', 2],
    ['', 'conversation', null],
    ['', 'execution.id', 'exec_1'],
    ['', 'nodes.s.output', 'started'],
    ['', 'nodes.s.status', 'succeeded'],
    ['', 'nodes.e', { output: null, status: 'pending' }],
    ['o[1]', 'item', 'b'],
    ['o[1]', 'index', 1],
    ['o[1]/i[0]', 'item', 1],
    ['o[1]/i[0]', 'scopes.o.item', 'b'],
    ['o[1]/i[0]', 'scopes.i', { index: 0, item: 1 }],
    ['o[1]/i[0]', 'nodes.b.status', 'scheduled'],
    ['o[1]/i[0]', 'nodes.s.output', 'started'],
  ])('in "%s" %s is %j', (instance, source, value) => {
    expect(at(run, instance, source)).toEqual(value);
  });

  it.each([
    ['', 'item'],
    ['', 'index'],
    ['', 'nodes.b'],
    ['', 'nodes.nobody'],
    ['', 'error'],
    ['', 'secrets'],
    ['', 'scopes.o'],
  ])('in "%s" %s is unknown', (instance, source) => {
    expect(() => at(run, instance, source)).toThrow();
  });

  it('lets names of a place’s own stand before all others', () => {
    expect(at(run, 'o[1]', 'item', { own: { item: 'mine' } })).toBe('mine');
  });

  it('names the conversation that the execution takes part in', () => {
    const talking = given(nested(), accept({ conversation_id: '1' }));
    expect(at(talking, '', 'conversation.id')).toBe('conv_1');
  });

  it('knows nobody before the execution was accepted', () => {
    const { state } = given(nested());
    expect(executionFacts(state)).toEqual({ id: 'exec_1', type: 'custom', user: '', started_at: '' });
  });
});

describe('the error before a step', () => {
  const graph = compiled(
    [node('s', 'start'), node('a', 'change'), node('h', 'handler'), node('x', 'pure'), node('y', 'pure')],
    ['s -> a', 's -> y', 'a:error -> h', 'h:handled -> x', edge('a -> x')],
  );
  const run = given(
    graph,
    accept(),
    complete('s'),
    begin('a'),
    fail('a', { code: 'gone', retryable: false }),
    complete('h', null, 'handled'),
  );

  it('is that of the nearest step before it that was left by its error port', () => {
    const gone = { attempt: 1, code: 'gone', message: 'gone', node_id: 'a' };
    expect(errorBefore(run.state, graph, 'h')).toEqual(gone);
    expect(errorBefore(run.state, graph, 'x')).toEqual(gone);
    expect(at(run, '', 'error.code', { step: 'x' })).toBe('gone');
    expect(arrivalsAt(run.state, graph, run.state.steps.get('h')!)).toEqual(gone);
  });

  it('is not there on another path', () => {
    expect(errorBefore(run.state, graph, 'y')).toBeNull();
    expect(() => at(run, '', 'error', { step: 'y' })).toThrow();
  });

  it('shows an abandoned step as failed', () => {
    expect(wireStatus(run.state.steps.get('a')!)).toBe('failed');
    expect(nodesInScope(run.state, graph, '', ['a'])).toEqual({ a: { output: null, status: 'failed' } });
  });
});

describe('what arrives', () => {
  it('is an object by source where there are several, and only the text of what declares one at an end', () => {
    const graph = compiled(
      [node('s', 'start'), node('m', 'speak'), node('a', 'pure'), node('e', 'end'), node('p', 'pure')],
      ['s -> m', 's -> a', 'm -> e', 'a -> e', 'm -> p', 'a -> p'],
    );
    const run = given(
      graph,
      accept(),
      complete('s'),
      complete('a', 1),
      begin('m'),
      complete('m', { text: 'hello', cost: 1 }),
    );
    expect(arrivalsAt(run.state, graph, run.state.steps.get('e')!)).toEqual({ a: 1, m: 'hello' });
    expect(arrivalsAt(run.state, graph, run.state.steps.get('p')!)).toEqual({ a: 1, m: { text: 'hello', cost: 1 } });
    expect(arrivalsAt(run.state, graph, run.state.steps.get('s')!)).toBeNull();
  });

  it('is null where the text that was declared is not there', () => {
    const graph = compiled([node('s', 'start'), node('m', 'speak'), node('e', 'end')], ['s -> m', 'm -> e']);
    const run = given(graph, accept(), complete('s'), begin('m'), complete('m', null));
    expect(arrivalsAt(run.state, graph, run.state.steps.get('e')!)).toBeNull();
  });
});
