import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

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
