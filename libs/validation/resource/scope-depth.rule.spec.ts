import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

/** Scopes inside each other, `each0` outermost. */
const russianDolls = (depth: number, max_iterations: number) => {
  const ids = Array.from({ length: depth }, (_, index) => `each${index}`);
  const nodes = [
    node('start', 'start'),
    ...ids.map((id) => node(id, 'loop', { config: { max_iterations } })),
    node('core', 'tokens', { config: { max_tokens: 10 } }),
  ];
  const inward = ids.map((id, index) => `${id}:continue -> ${ids[index + 1] ?? 'core'}`);
  const outward = ids.slice(1).map((id, index) => `${id}:exit -> ${ids[index]}:back`);
  return { nodes, edges: ['start -> each0', ...inward, ...outward, `core -> ${ids.at(-1)}:back`] };
};

describe('resource.scope_depth', () => {
  it('refuses scopes too deep inside each other', () => {
    expect(found('resource.scope_depth', russianDolls(8, 1))).toEqual([]);
    expect(found('resource.scope_depth', russianDolls(10, 1))).toMatchObject([{ severity: 'warning' }]);
    expect(found('resource.scope_depth', russianDolls(11, 1))).toMatchObject([
      { severity: 'error', node_id: 'each10' },
    ]);
  });

  it('does not lose its way in bodies that contain each other', () => {
    const nodes = [node('start', 'start'), node('a', 'loop'), node('b', 'loop')];
    const edges = ['start -> a', 'a:continue -> b', 'b:continue -> a', 'a:exit -> b', 'b:exit -> a'];
    expect(found('resource.scope_depth', { nodes, edges })).toEqual([]);
    expect(found('structure.scope_crossing', { nodes, edges }).length).toBeGreaterThan(0);
  });
});
