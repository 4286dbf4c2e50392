import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.duplicate_node', () => {
  it('refuses each node whose id another one has already', () => {
    const nodes = [node('a', 'start'), node('b', 'pure'), node('a', 'pure'), node('a', 'end')];
    expect(found('structure.duplicate_node', { nodes })).toMatchObject([
      { path: '/nodes/2/id', node_id: 'a', message: expect.stringContaining('/nodes/0') },
      { path: '/nodes/3/id' },
    ]);
  });

  it('accepts ids that differ', () => {
    expect(found('structure.duplicate_node', { nodes: [node('a', 'start'), node('A', 'end')] })).toEqual([]);
  });
});
