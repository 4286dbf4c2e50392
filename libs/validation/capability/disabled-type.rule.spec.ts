import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('capability.disabled_type', () => {
  it('refuses a type that was switched off', () => {
    const options = { disabledTypes: ['call'] };
    expect(found('capability.disabled_type', around(node('a', 'call')), options)).toMatchObject([
      { severity: 'error', path: '/nodes/1/type', node_id: 'a' },
    ]);
    expect(found('capability.disabled_type', around(node('a', 'pure')), options)).toEqual([]);
    expect(found('capability.disabled_type', around(node('a', 'call')))).toEqual([]);
  });
});
