import { describe, expect, it } from '@jest/globals';
import { found, looped, node } from '../testing/checked.js';

describe('structure.map_variable', () => {
  const set = (operation?: string) =>
    node('body', 'set', { config: { variable_name: 'x', ...(operation && { operation }) } });

  it.each([undefined, 'set', 'delete'])('refuses %s where iterations run side by side', (operation) => {
    expect(found('structure.map_variable', looped(set(operation), {}, 'map'))).toMatchObject([
      { node_id: 'body', path: '/nodes/2/data/config/operation' },
    ]);
  });

  it('sees through scopes in between', () => {
    const nodes = [node('start', 'start'), node('outer', 'map'), node('inner', 'loop'), set()];
    const edges = [
      'start -> outer',
      'outer:item -> inner',
      'inner:continue -> body',
      'body -> inner:back',
      'inner:exit -> outer:back',
    ];
    expect(found('structure.map_variable', { nodes, edges })).toHaveLength(1);
  });

  it('accepts what needs no order, and anything in a loop', () => {
    for (const operation of ['append', 'increment', 'get'])
      expect(found('structure.map_variable', looped(set(operation), {}, 'map'))).toEqual([]);
    expect(found('structure.map_variable', looped(set()))).toEqual([]);
  });
});
