import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.no_end', () => {
  it('warns where nothing ends', () => {
    expect(found('structure.no_end', { nodes: [node('a', 'start')] })).toMatchObject([
      { severity: 'warning', path: '/nodes' },
    ]);
  });

  it('is content with an end, and cannot judge a type it does not know', () => {
    expect(found('structure.no_end', around(node('a', 'pure')))).toEqual([]);
    expect(found('structure.no_end', { nodes: [node('a', 'nobody_has_this')] })).toEqual([]);
  });
});
