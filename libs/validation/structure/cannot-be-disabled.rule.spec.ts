import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.cannot_be_disabled', () => {
  it('refuses to switch off what decides the way', () => {
    expect(found('structure.cannot_be_disabled', around(node('a', 'choose', { enabled: false })))).toMatchObject([
      { path: '/nodes/1/data/enabled' },
    ]);
  });

  it('accepts to switch off anything else', () => {
    expect(found('structure.cannot_be_disabled', around(node('a', 'pure', { enabled: false })))).toEqual([]);
    expect(found('structure.cannot_be_disabled', around(node('a', 'choose')))).toEqual([]);
  });
});
