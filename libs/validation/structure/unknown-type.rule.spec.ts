import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.unknown_type', () => {
  it('refuses a type that nobody provides, and says which was meant', () => {
    expect(found('structure.unknown_type', around(node('a', 'pur')))).toMatchObject([
      { path: '/nodes/1/type', node_id: 'a', message: expect.stringContaining('Did you mean "pure"?') },
    ]);
  });

  it('refuses a version that is not there, and says which are', () => {
    const versioned = { ...node('a', 'twice'), type_version: 3 };
    expect(found('structure.unknown_type', around(versioned))).toMatchObject([
      { path: '/nodes/1/type_version', message: expect.stringContaining('there is 2, 1.') },
    ]);
  });

  it('accepts each version there is', () => {
    for (const type_version of [1, 2])
      expect(found('structure.unknown_type', around({ ...node('a', 'twice'), type_version }))).toEqual([]);
  });
});
