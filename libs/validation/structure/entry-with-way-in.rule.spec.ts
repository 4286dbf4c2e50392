import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

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
