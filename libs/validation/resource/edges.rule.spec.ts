import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');

describe('resource.edges', () => {
  it('refuses one edge more than allowed', () => {
    const sketch = around(node('a', 'pure'));
    expect(found('resource.edges', sketch, { limits: { edges: 3 } })).toEqual([]);
    expect(errors(found('resource.edges', sketch, { limits: { edges: 2 } }))).toEqual([]);
    expect(found('resource.edges', sketch, { limits: { edges: 1 } })).toMatchObject([
      { severity: 'error', path: '/edges' },
    ]);
  });
});
