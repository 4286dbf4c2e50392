import { describe, expect, it } from '@jest/globals';
import { found, looped, node } from '../testing/checked.js';

describe('structure.cycle', () => {
  const nodes = ['start', 'a', 'b', 'c', 'd'].map((id) => node(id, id === 'start' ? 'start' : 'pure'));

  it('refuses a circle, and names its way', () => {
    expect(
      found('structure.cycle', { nodes, edges: ['start -> a', 'a -> b', 'b -> c', 'c -> a', 'c -> d'] }),
    ).toMatchObject([
      { path: '/edges/3', edge_id: 'c -> a', message: expect.stringContaining('"a" → "b" → "c" → "a"') },
    ]);
  });

  it('refuses a node that leads to itself', () => {
    expect(found('structure.cycle', { nodes, edges: ['start -> a', 'a -> a'] })).toMatchObject([{ edge_id: 'a -> a' }]);
  });

  it('names each circle once', () => {
    const edges = ['start -> a', 'a -> b', 'b -> a', 'b -> a:in', 'start -> c', 'c -> d', 'd -> c'];
    expect(found('structure.cycle', { nodes, edges })).toHaveLength(2);
  });

  it('accepts loops, and ways that part and meet again', () => {
    expect(found('structure.cycle', looped(node('body', 'pure')))).toEqual([]);
    expect(
      found('structure.cycle', { nodes, edges: ['start -> a', 'start -> b', 'a -> c', 'b -> c', 'c -> d', 'a -> d'] }),
    ).toEqual([]);
  });

  it('leaves an edge that crosses a scope to the rule of scopes', () => {
    const sketch = looped(node('body', 'pure'));
    const edges = sketch.edges!.map((each) => (each === 'body -> each:back' ? 'body -> each' : each));
    expect(found('structure.cycle', { ...sketch, edges })).toEqual([]);
    expect(found('structure.scope_crossing', { ...sketch, edges })).toHaveLength(1);
  });

  it('does not run out of stack in a long chain', () => {
    const chain = Array.from({ length: 490 }, (_, index) => node(`n${index}`, 'pure'));
    const edges = chain.slice(1).map(({ id }, index) => `n${index} -> ${id}`);
    expect(found('structure.cycle', { nodes: chain, edges: [...edges, 'n489 -> n0'] })).toHaveLength(1);
  });
});
