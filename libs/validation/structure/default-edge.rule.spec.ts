import { describe, expect, it } from '@jest/globals';
import { edge, found, node } from '../testing/checked.js';

describe('structure.default_edge', () => {
  const nodes = [node('a', 'choose'), node('b', 'pure'), node('c', 'pure')];
  const of = (...edges: ReturnType<typeof edge>[]) => found('structure.default_edge', { nodes, edges });

  it('refuses a second default at one port', () => {
    expect(of(edge('a:true -> b', { default: true }), edge('a:true -> c', { default: true }))).toMatchObject([
      { path: '/edges/1/data/default', edge_id: 'a:true -> c' },
    ]);
  });

  it('refuses a default with a condition', () => {
    expect(of(edge('a:true -> b', { default: true, condition: 'true' }))).toMatchObject([
      { path: '/edges/0/data/condition' },
    ]);
  });

  it('accepts one default for each port', () => {
    expect(
      of(
        edge('a:true -> b', { default: true }),
        edge('a:false -> b', { default: true }),
        edge('a:true -> c', { condition: 'true' }),
      ),
    ).toEqual([]);
  });
});
