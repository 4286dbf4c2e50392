import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('capability.deprecated_type', () => {
  it('warns, with the successor', () => {
    expect(found('capability.deprecated_type', around(node('a', 'leaving')))).toMatchObject([
      {
        severity: 'warning',
        layer: 'capability',
        path: '/nodes/1/type',
        message: expect.stringContaining('Use "pure"'),
      },
    ]);
    expect(found('capability.deprecated_type', around(node('a', 'pure')))).toEqual([]);
  });
});
