import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.dangling_edge', () => {
  it('refuses an edge to or from nowhere', () => {
    const sketch = around(node('middle', 'pure'));
    const edges = [...sketch.edges!, 'middel -> end', 'start -> nobody'];
    expect(found('structure.dangling_edge', { ...sketch, edges })).toMatchObject([
      { path: '/edges/2/source', edge_id: 'middel -> end', message: expect.stringContaining('Did you mean "middle"?') },
      { path: '/edges/3/target', edge_id: 'start -> nobody' },
    ]);
  });

  it('accepts edges between nodes', () => {
    expect(found('structure.dangling_edge', around(node('a', 'pure')))).toEqual([]);
  });
});
