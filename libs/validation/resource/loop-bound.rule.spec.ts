import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#plugin-sdk';
import { found, looped, node } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');

describe('resource.loop_bound', () => {
  const bound = (config: { [key: string]: JsonValue }, scope = 'loop') =>
    errors(found('resource.loop_bound', looped(node('body', 'pure'), config, scope), { limits: { loop_bound: 20 } }));

  it('refuses more iterations than allowed', () => {
    expect(bound({ max_iterations: 21 })).toMatchObject([
      { node_id: 'each', path: '/nodes/1/data/config/max_iterations' },
    ]);
    expect(bound({ items: Array.from({ length: 21 }, () => 1) }, 'map')).toMatchObject([
      { path: '/nodes/1/data/config/items' },
    ]);
  });

  it('accepts as many as allowed, and what is not known yet', () => {
    expect(bound({ max_iterations: 20 })).toEqual([]);
    expect(bound({ max_iterations: '{{ input.n }}' })).toEqual([]);
    expect(bound({ items: '{{ input.items }}' }, 'map')).toEqual([]);
  });
});
