import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

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

describe('resource.estimated_tokens', () => {
  it('counts what models may answer with, where somebody asked for a limit', () => {
    expect(found('resource.estimated_tokens', russianDolls(1, 5))).toEqual([]);
    expect(
      errors(found('resource.estimated_tokens', russianDolls(1, 5), { limits: { estimated_tokens: 50 } })),
    ).toEqual([]);
    expect(
      errors(found('resource.estimated_tokens', russianDolls(1, 5), { limits: { estimated_tokens: 49 } })),
    ).toHaveLength(1);
  });
});
