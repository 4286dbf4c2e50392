import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.no_entry', () => {
  it('refuses a graph in which every node is led to', () => {
    const nodes = [node('a', 'pure'), node('b', 'pure')];
    expect(found('structure.no_entry', { nodes, edges: ['a -> b', 'b -> a'] })).toMatchObject([{ path: '/nodes' }]);
  });

  it('accepts a start, a trigger, and a single node without in-edges', () => {
    for (const type of ['start', 'hook', 'pure']) {
      const nodes = [node('a', type), node('b', 'end')];
      expect(found('structure.no_entry', { nodes, edges: ['a -> b'] })).toEqual([]);
      expect(found('structure.several_entries', { nodes, edges: ['a -> b'] })).toEqual([]);
    }
  });
});
