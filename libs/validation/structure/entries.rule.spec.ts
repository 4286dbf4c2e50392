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

describe('structure.several_entries', () => {
  it('refuses a second start', () => {
    const nodes = [node('a', 'start'), node('b', 'start')];
    expect(found('structure.several_entries', { nodes })).toMatchObject([
      { path: '/nodes/1', node_id: 'b', message: expect.stringContaining('second beginning') },
    ]);
  });

  it('refuses a second node without in-edges where there is no start', () => {
    const nodes = [node('a', 'pure'), node('b', 'pure'), node('c', 'end')];
    expect(found('structure.several_entries', { nodes, edges: ['a -> c', 'b -> c'] })).toMatchObject([
      { node_id: 'b' },
    ]);
  });

  it('accepts nodes that only compensate', () => {
    const nodes = [node('a', 'pure', { compensate: 'undo' }), node('undo', 'pure')];
    expect(found('structure.several_entries', { nodes })).toEqual([]);
  });
});

describe('structure.entry_with_way_in', () => {
  it('refuses an edge that leads to where an execution begins', () => {
    const nodes = [node('a', 'start'), node('b', 'hook'), node('c', 'end')];
    expect(found('structure.entry_with_way_in', { nodes, edges: ['a -> b', 'b -> c'] })).toMatchObject([
      {
        severity: 'error',
        node_id: 'b',
        path: '/nodes/1',
        message: expect.stringContaining('Delete the edge from "a"'),
      },
    ]);
    expect(found('structure.entry_with_way_in', { nodes, edges: ['a -> c', 'b -> c'] })).toEqual([]);
  });
});
