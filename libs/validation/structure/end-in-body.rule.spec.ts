import { describe, expect, it } from '@jest/globals';
import { found, looped, node } from '../testing/checked.js';

describe('structure.end_in_body', () => {
  it('refuses an end in a body', () => {
    const sketch = looped(node('body', 'pure'));
    const refused = { nodes: [...sketch.nodes, node('stop', 'end')], edges: [...sketch.edges!, 'body -> stop'] };
    expect(found('structure.end_in_body', refused)).toMatchObject([{ path: '/nodes/4', node_id: 'stop' }]);
  });

  it('accepts an end behind the scope', () => {
    expect(found('structure.end_in_body', looped(node('body', 'pure')))).toEqual([]);
  });
});
