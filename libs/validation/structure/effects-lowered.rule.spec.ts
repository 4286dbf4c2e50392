import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.effects_lowered', () => {
  const of = (type: string, effects: string) =>
    found('structure.effects_lowered', around(node('a', type, { effects: effects as never })));

  it.each([
    ['change', 'read'],
    ['look', 'none'],
    ['pause', 'write'],
    ['pure', 'wait'],
  ])('refuses %s as %s', (type, effects) => {
    expect(of(type, effects)).toMatchObject([{ path: '/nodes/1/data/effects', node_id: 'a' }]);
  });

  it.each([
    ['pure', 'write'],
    ['pure', 'read'],
    ['look', 'write'],
    ['change', 'write'],
    ['pause', 'wait'],
    ['pure', 'nonsense'],
    ['nobody_has_this', 'none'],
  ])('says nothing of %s as %s', (type, effects) => {
    expect(of(type, effects)).toEqual([]);
  });

  it('leaves what is no text to the rule of settings, whatever it is', () => {
    for (const effects of [{ toString: {} }, [], 7, null]) expect(of('pure', effects as never)).toEqual([]);
  });
});
