import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.unreachable_node', () => {
  it('refuses a node that no way leads to', () => {
    const sketch = around(node('a', 'pure'), node('island', 'pure'), node('behind', 'pure'));
    expect(
      found('structure.unreachable_node', { ...sketch, edges: [...sketch.edges!, 'island -> behind'] }),
    ).toMatchObject([
      { path: '/nodes/2', node_id: 'island' },
      { path: '/nodes/3', node_id: 'behind' },
    ]);
  });

  it('accepts what compensates a node, and what stands behind an error port', () => {
    const sketch = around(node('a', 'change', { compensate: 'undo' }), node('undo', 'pure'), node('sorry', 'pure'));
    expect(found('structure.unreachable_node', { ...sketch, edges: [...sketch.edges!, 'a:error -> sorry'] })).toEqual(
      [],
    );
  });

  it('says nothing where there is no one entry to begin at', () => {
    expect(found('structure.unreachable_node', { nodes: [node('a', 'start'), node('b', 'start')] })).toEqual([]);
  });
});
