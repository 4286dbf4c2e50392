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

describe('capability.old_version', () => {
  it('warns of a version that has a successor', () => {
    const versioned = (type_version?: number) =>
      found('capability.old_version', around({ ...node('a', 'twice'), ...(type_version && { type_version }) }));
    expect(versioned(1)).toMatchObject([{ severity: 'warning', path: '/nodes/1/type_version' }]);
    expect(versioned(2)).toEqual([]);
    expect(versioned()).toEqual([]);
    expect(versioned(3)).toEqual([]);
  });
});

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
