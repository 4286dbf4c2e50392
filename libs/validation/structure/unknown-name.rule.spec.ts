import { describe, expect, it } from '@jest/globals';
import { around, edge, found, looped, node, withConfig } from '../testing/checked.js';

const value = (source: string) => withConfig('pure', { x: `{{ ${source} }}` });

describe('structure.unknown_name', () => {
  const unknown = (source: string) => found('structure.unknown_name', value(source));

  it.each([
    ['inptu.x', 'There is nothing named "inptu"'],
    ['item', 'nothing named "item"'],
    ['index + 1', 'nothing named "index"'],
    ['error.code', 'nothing named "error"'],
    ['last', 'nothing named "last"'],
    ['nodes.strat.output', 'Did you mean "start"?'],
    ["nodes['nobody'].output", 'There is no node "nobody"'],
    ['nodes.fetch-1.output', "nodes['fetch-1'].output"],
    ['scopes.each.item', 'There is no scope "each"'],
    ['scopes.start.item', 'not in the body of "start"'],
  ])('refuses {{ %s }}', (source, message) => {
    expect(unknown(source)).toMatchObject([
      { path: '/nodes/1/data/config/x', node_id: 'it', message: expect.stringContaining(message) },
    ]);
  });

  it.each([
    'input.x + incoming.y',
    'params.a',
    'variables.a',
    'nodes.start.output',
    'nodes[input.id].output',
    'execution.id',
    'conversation',
    'input.list.map(each, each.x)',
    'scopes',
  ])('accepts {{ %s }}', (source) => {
    expect(unknown(source)).toEqual([]);
  });

  it('has item, index and the scopes around it in a body', () => {
    const body = node('body', 'pure', { config: { x: '{{ [item, index, scopes.each.item] }}' } });
    expect(found('structure.unknown_name', looped(body))).toEqual([]);
  });

  it('has the own index and last of a loop in its condition, but no item', () => {
    expect(found('structure.unknown_name', looped(node('body', 'pure'), { while: 'index < 3 && last != 1' }))).toEqual(
      [],
    );
    expect(found('structure.unknown_name', looped(node('body', 'pure'), { while: 'item < 3' }))).toMatchObject([
      { node_id: 'each' },
    ]);
  });

  it('has the error behind an error port, and nowhere else', () => {
    const config = { x: '{{ error.code }}' };
    const sketch = around(node('a', 'pure'), node('b', 'pure'), node('c', 'pure', { config }));
    const edges = (port: string) => [
      ...sketch.edges!,
      edge(`a:${port} -> b`),
      edge('b -> c', { condition: 'error.code != null' }),
    ];
    expect(found('structure.unknown_name', { ...sketch, edges: edges('error') })).toEqual([]);
    expect(found('structure.unknown_name', { ...sketch, edges: edges('out') })).toMatchObject([
      { node_id: 'c' },
      { edge_id: 'b -> c' },
    ]);
  });

  it('has the item on the edges into a body, and the error on those out of an error port', () => {
    const sketch = looped(node('body', 'pure'));
    const edges = [
      ...sketch.edges!.filter((each) => each !== 'each:continue -> body'),
      edge('each:continue -> body', { condition: 'item != null' }),
    ];
    expect(found('structure.unknown_name', { ...sketch, edges })).toEqual([]);
    const failing = around(node('a', 'pure'));
    const caught = [edge('start -> a'), edge('a:error -> end', { condition: "error.code == 'timeout'" })];
    expect(found('structure.unknown_name', { ...failing, edges: caught })).toEqual([]);
  });

  it('has no error in a body that stands behind an error port', () => {
    const body = node('body', 'pure', { config: { x: '{{ error.code }}' } });
    const sketch = looped(body);
    const edges = sketch.edges!.map((each) => (each === 'start -> each' ? 'start:error -> each' : each));
    expect(found('structure.unknown_name', { ...sketch, edges })).toMatchObject([{ node_id: 'body' }]);
    const asked = edges.map((each) =>
      each === 'each:continue -> body' ? edge(each, { condition: 'error.code != null' }) : each,
    );
    expect(found('structure.unknown_name', { ...sketch, edges: asked })).toHaveLength(2);
  });

  it('leaves secrets to their own rule', () => {
    expect(unknown('secrets.key')).toEqual([]);
    expect(unknown('nobody')[0]!.message).not.toContain('secrets');
  });
});
