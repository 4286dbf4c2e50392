import { describe, expect, it } from '@jest/globals';
import { readMembers, type MemberKind, type Members } from './members.js';
import type { ProblemItem } from './problem.js';

const read = (value: unknown, members: Members) => {
  const faults: ProblemItem[] = [];
  return { read: readMembers(value, members, '', faults), faults };
};

describe('The members of an object', () => {
  it('are those that are there and not null', () => {
    expect(read({ a: 'x', b: null }, { a: 'text', b: 'text?', c: 'text?' })).toEqual({ read: { a: 'x' }, faults: [] });
  });

  it('are refused by name where nobody knows them, with a guess where one is near', () => {
    const { faults } = read({ nmae: 1, elsewhere: 2 }, { name: 'text?' });
    expect(faults).toEqual([
      {
        rule: 'request.unknown_key',
        message: '"nmae" is not known here. Did you mean "name"?',
        path: '/nmae',
        severity: 'error',
      },
      {
        rule: 'request.unknown_key',
        message: '"elsewhere" is not known here. Known are: name.',
        path: '/elsewhere',
        severity: 'error',
      },
    ]);
  });

  it('of every object are not members of this one', () => {
    expect(read(JSON.parse('{"toString":1}'), { name: 'text?' }).faults).toMatchObject([
      { rule: 'request.unknown_key', path: '/toString' },
    ]);
  });

  it('must be there, unless they may be left out', () => {
    expect(read({}, { a: 'text', b: 'text?' }).faults).toMatchObject([{ rule: 'request.required', path: '/a' }]);
    expect(read({ a: null }, { a: 'text' }).faults).toMatchObject([{ rule: 'request.required', path: '/a' }]);
    expect(read({ a: 1 }, { a: 'text' }).faults).toMatchObject([{ rule: 'request.type', path: '/a' }]);
  });

  const fitting: readonly (readonly [MemberKind, readonly unknown[], readonly unknown[]])[] = [
    ['text?', ['', 'a'], [1, {}, []]],
    ['flag?', [true, false], ['true', 0]],
    ['count?', [1, 10], [0, 1.5, '1']],
    ['integer?', [-1, 0], [1.5, 2 ** 53, '0']],
    ['number?', [-1.5, 0], ['0']],
    ['amount?', [0, 0.01], [-1, '1']],
    ['object?', [{}], [[], 'x']],
    ['list?', [[]], [{}, 'x']],
    ['texts?', [[], ['a']], [['a', 1], 'a']],
    [
      'instant?',
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
      ['2026-01-01', '2026-13-01T00:00:00Z', '2026-01-01T00:00:00+01:00', 1],
    ],
  ];
  it.each(fitting)('of kind %s', (kind, good, bad) => {
    for (const value of good) expect(read({ a: value }, { a: kind })).toEqual({ read: { a: value }, faults: [] });
    for (const value of bad)
      expect(read({ a: value }, { a: kind }).faults).toMatchObject([{ rule: 'request.type', path: '/a' }]);
  });

  it('are of an object: anything else has none', () => {
    for (const value of [undefined, null, 1, 'x', []]) {
      expect(read(value, { a: 'text?' })).toEqual({
        read: {},
        faults: [{ rule: 'request.type', message: 'The body must be an object.', path: '', severity: 'error' }],
      });
    }
  });
});
