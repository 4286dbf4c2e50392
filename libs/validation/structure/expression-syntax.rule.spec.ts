import { describe, expect, it } from '@jest/globals';
import { around, edge, found, node, withConfig } from '../testing/checked.js';

const value = (source: string) => withConfig('pure', { x: `{{ ${source} }}` });

describe('structure.expression_syntax', () => {
  it.each(['1 +', '(', '', 'a b', 'nobody(1)'])('refuses {{ %s }}', (source) => {
    expect(found('structure.expression_syntax', value(source))).toMatchObject([
      { path: '/nodes/1/data/config/x', node_id: 'it' },
    ]);
  });

  it('refuses braces that are not closed, each in its place', () => {
    expect(found('structure.expression_syntax', withConfig('pure', { a: ['{{ x'], b: '{{ ( }}' }))).toMatchObject([
      { path: '/nodes/1/data/config/a/0' },
      { path: '/nodes/1/data/config/b' },
    ]);
  });

  it('gives the CEL for a condition in the old grammar', () => {
    const sketch = around(node('a', 'pure'));
    const edges = [edge('start -> a'), edge('a -> end', { condition: 'variable x equals y' })];
    expect(found('structure.expression_syntax', { ...sketch, edges })).toMatchObject([
      {
        path: '/edges/1/data/condition',
        edge_id: 'a -> end',
        node_id: null,
        message: expect.stringContaining("variables.x == 'y'"),
      },
    ]);
    expect(found('structure.expression_syntax', withConfig('loop', { while: 'has_tool_calls' }))[0]!.message).toContain(
      'size(',
    );
  });

  it('accepts what can be read, and literal braces', () => {
    expect(
      found(
        'structure.expression_syntax',
        withConfig('pure', { a: '{{{{ no', b: '{{ incoming }}', c: 'x{{ 1 }}y{{ 2 }}' }),
      ),
    ).toEqual([]);
  });
});
