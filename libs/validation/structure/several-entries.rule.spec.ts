import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

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
