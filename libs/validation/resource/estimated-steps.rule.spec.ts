import { describe, expect, it } from '@jest/globals';
import { found, looped, node } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');
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

describe('resource.estimated_steps', () => {
  it('multiplies the iterations around a node', () => {
    // start, each0, 20 × each1, 20 × 20 × core
    expect(found('resource.estimated_steps', russianDolls(2, 20), { limits: { estimated_steps: 421 } })).toMatchObject([
      { severity: 'error', path: '/nodes', message: expect.stringContaining('422 steps') },
    ]);
    expect(
      errors(found('resource.estimated_steps', russianDolls(2, 20), { limits: { estimated_steps: 422 } })),
    ).toEqual([]);
  });

  it('takes ten where nothing is known', () => {
    const sketch = looped(node('body', 'pure'), { items: '{{ input.items }}' });
    expect(errors(found('resource.estimated_steps', sketch, { limits: { estimated_steps: 13 } }))).toEqual([]);
    expect(errors(found('resource.estimated_steps', sketch, { limits: { estimated_steps: 12 } }))).toHaveLength(1);
  });
});
