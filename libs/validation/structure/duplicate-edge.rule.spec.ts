import { describe, expect, it } from '@jest/globals';
import { around, edge, found, node } from '../testing/checked.js';

describe('structure.duplicate_edge', () => {
  it('refuses a second edge of the same id', () => {
    const sketch = around(node('a', 'pure'));
    const edges = [...sketch.edges!, { ...edge('start -> end'), id: 'a -> end' }];
    expect(found('structure.duplicate_edge', { ...sketch, edges })).toMatchObject([
      { path: '/edges/2/id', edge_id: 'a -> end' },
    ]);
  });

  it('accepts two edges between the same nodes', () => {
    const sketch = around(node('a', 'pure'));
    expect(
      found('structure.duplicate_edge', { ...sketch, edges: [...sketch.edges!, { ...edge('a -> end'), id: 'other' }] }),
    ).toEqual([]);
  });
});
