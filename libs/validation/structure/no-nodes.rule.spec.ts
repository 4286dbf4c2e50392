import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.no_nodes', () => {
  it('refuses an empty graph', () => {
    expect(found('structure.no_nodes', { nodes: [] })).toMatchObject([
      { path: '/nodes', layer: 'structure', severity: 'error', node_id: null },
    ]);
  });

  it('accepts a single node', () => {
    expect(found('structure.no_nodes', { nodes: [node('a', 'start')] })).toEqual([]);
  });
});
