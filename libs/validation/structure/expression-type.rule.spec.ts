import { describe, expect, it } from '@jest/globals';
import { around, edge, found, node, withConfig } from '../testing/checked.js';

const value = (source: string) => withConfig('pure', { x: `{{ ${source} }}` });

describe('structure.expression_type', () => {
  it.each(["'a' + 1", '1 && true', 'size(1)', '!1'])('refuses {{ %s }}', (source) => {
    expect(found('structure.expression_type', value(source))).toMatchObject([
      { path: '/nodes/1/data/config/x', node_id: 'it' },
    ]);
  });

  it('refuses a condition that is no bool', () => {
    const sketch = around(node('a', 'pure'));
    const edges = [edge('start -> a'), edge('a -> end', { condition: "'yes'" })];
    expect(found('structure.expression_type', { ...sketch, edges })).toMatchObject([{ edge_id: 'a -> end' }]);
    expect(found('structure.expression_type', withConfig('loop', { while: '1 + 1' }))).toHaveLength(1);
  });

  it.each(["input.a + 'x'", 'input.a > 1', "string(1) + 'x'", 'input.a'])(
    'accepts {{ %s }}, which depends on the data',
    (source) => {
      expect(found('structure.expression_type', value(source))).toEqual([]);
    },
  );
});
