import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.node_id', () => {
  it.each(['', 'a b', 'a/b', 'ä', 'a.b', 'x'.repeat(65)])('refuses %j', (id) => {
    expect(found('structure.node_id', { nodes: [node(id, 'start')] })).toMatchObject([
      { path: '/nodes/0/id', node_id: id },
    ]);
  });

  it.each(['a', 'fetch-1', 'A_9', 'x'.repeat(64)])('accepts %j', (id) => {
    expect(found('structure.node_id', { nodes: [node(id, 'start')] })).toEqual([]);
  });
});
