import { describe, expect, it } from '@jest/globals';
import { around, edge, found, looped, node } from '../testing/checked.js';

describe('structure.unused_variable', () => {
  const setting = (operation?: string) =>
    node('a', 'set', { config: { variable_name: 'x', ...(operation && { operation }) } });
  const beside = (...more: ReturnType<typeof node>[]) => found('structure.unused_variable', around(setting(), ...more));

  it('warns of a variable that nobody reads', () => {
    expect(beside()).toMatchObject([{ severity: 'warning', path: '/nodes/1/data/config/variable_name', node_id: 'a' }]);
    expect(beside(node('b', 'pure', { config: { y: '{{ variables.other }}' } }))).toHaveLength(1);
  });

  it('is content when an expression, a condition or a get reads it', () => {
    expect(beside(node('b', 'pure', { config: { y: '{{ variables.x }}' } }))).toEqual([]);
    expect(beside(node('b', 'pure', { config: { y: '{{ variables[input.name] }}' } }))).toEqual([]);
    expect(beside(node('b', 'set', { config: { operation: 'get', variable_name: 'x' } }))).toEqual([]);
    const sketch = around(setting());
    const edges = [edge('start -> a'), edge('a -> end', { condition: 'variables.x > 1' })];
    expect(found('structure.unused_variable', { ...sketch, edges })).toEqual([]);
  });

  it('says nothing of nodes that only read or delete', () => {
    for (const operation of ['get', 'delete'])
      expect(found('structure.unused_variable', looped(setting(operation)))).toEqual([]);
  });
});
