import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#plugin-sdk';
import { found, withConfig } from '../testing/checked.js';

const errors = (issues: ReturnType<typeof found>) => issues.filter(({ severity }) => severity === 'error');
const nested = (depth: number): JsonValue => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('resource.config_depth', () => {
  it('refuses more than 64 levels', () => {
    expect(errors(found('resource.config_depth', withConfig('pure', { x: nested(61) })))).toEqual([]);
    expect(found('resource.config_depth', withConfig('pure', { x: nested(63) }))).toMatchObject([
      { severity: 'error', node_id: 'it', path: '/nodes/1/data' },
    ]);
  });

  it('answers also what is far too deep', () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(errors(found('resource.config_depth', withConfig('pure', { x: deep })))).toHaveLength(1);
  });
});
