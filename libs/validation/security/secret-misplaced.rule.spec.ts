import { describe, expect, it } from '@jest/globals';
import { around, edge, found, node, withConfig } from '../testing/checked.js';

describe('security.secret_misplaced', () => {
  it('refuses secrets in configs and conditions', () => {
    expect(found('security.secret_misplaced', withConfig('pure', { x: '{{ secrets.key }}' }))).toMatchObject([
      { path: '/nodes/1/data/config/x', node_id: 'it' },
    ]);
    const sketch = around(node('a', 'pure'));
    const edges = [edge('start -> a'), edge('a -> end', { condition: 'secrets.key != null' })];
    expect(found('security.secret_misplaced', { ...sketch, edges })).toMatchObject([{ edge_id: 'a -> end' }]);
  });

  it('has nothing against the word', () => {
    expect(found('security.secret_misplaced', withConfig('pure', { x: '{{ input.secrets }} secrets.key' }))).toEqual(
      [],
    );
  });
});
