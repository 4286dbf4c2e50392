import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { around, found, node, withConfig } from '../testing/checked.js';

const of = (config: JsonObject, type = 'form') => found('structure.config', withConfig(type, config));

describe('structure.config', () => {
  it.each<[string, JsonObject, string, string]>([
    ['a missing field', {}, '/text', 'config.text is missing. Set it.'],
    ['an unknown key', { text: 'abc', cuont: 1 }, '/cuont', 'Did you mean "count"?'],
    ['a number for a text', { text: 7 }, '/text', 'config.text is a number, but has to be a text.'],
    ['null for a text', { text: null }, '/text', 'is null'],
    ['a list for an object', { text: 'abc', map: [] }, '/map', 'is a list, but has to be an object'],
    ['a text for a list', { text: 'abc', items: 'x' }, '/items', 'has to be a list'],
    ['a text for a bool', { text: 'abc', flag: 'true' }, '/flag', 'has to be true or false'],
    ['a bool for a number', { text: 'abc', ratio: true }, '/ratio', 'is true or false, but has to be a number'],
    ['an object for a text', { text: {} }, '/text', 'is an object'],
    ['neither of two types', { text: 'abc', either: 1 }, '/either', 'a text or null'],
    ['a fraction', { text: 'abc', count: 1.5 }, '/count', 'a number with a fraction, but has to be a whole number'],
    ['too little', { text: 'abc', count: 0 }, '/count', 'is 0, but at least 1 is asked for'],
    ['too much', { text: 'abc', count: 11 }, '/count', 'is 11, but at most 10 is allowed'],
    ['too short', { text: 'a' }, '/text', 'has 1 characters, but at least 2'],
    ['too long', { text: 'abcdef' }, '/text', 'at most 5 are allowed'],
    ['too few', { text: 'abc', items: [] }, '/items', 'has 0 items'],
    ['too many', { text: 'abc', items: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] }, '/items', 'has 3 items'],
    ['none of the choices', { text: 'abc', mode: 'fats' }, '/mode', 'Did you mean "fast"?'],
    ['a pattern missed', { text: 'abc', name: 'A1' }, '/name', 'does not match ^[a-z]+$'],
    ['a fault in an item', { text: 'abc', items: [{ key: 1 }] }, '/items/0/key', 'config.items[0].key is a number'],
    ['a key missing in an item', { text: 'abc', items: [{}] }, '/items/0/key', 'config.items[0].key is missing'],
    ['a fault in a free key', { text: 'abc', map: { 'a/b': 'x' } }, '/map/a~1b', 'has to be a number'],
    ['what only a validator knows', { text: 'abc', constant: 8 }, '/constant', 'not what its schema asks for (const)'],
    [
      'a text with an expression for a number',
      { text: 'abc', count: 'n{{ input.n }}' },
      '/count',
      'Let the expression stand alone',
    ],
  ])('refuses %s', (_what, config, at, message) => {
    expect(of(config)).toMatchObject([
      {
        path: `/nodes/1/data/config${at}`,
        node_id: 'it',
        severity: 'error',
        message: expect.stringContaining(message),
      },
    ]);
  });

  it.each<[string, JsonObject]>([
    [
      'what fits',
      {
        text: 'abc',
        count: 10,
        ratio: 0.5,
        either: null,
        mode: 'slow',
        flag: false,
        name: 'a',
        items: [{ key: 'k' }],
        map: { x: 1 },
        constant: 7,
      },
    ],
    ['any JSON in a free field', { text: 'abc', free: [{ a: [null] }] }],
    [
      'an expression for anything',
      {
        text: '{{ input.t }}',
        count: '{{ input.n }}',
        items: '{{ input.i }}',
        mode: '{{ input.m }}',
        constant: '{{ 7 }}',
      },
    ],
    ['a text of unknown length', { text: 'a{{ input.t }} and much more' }],
    ['a condition, as a text or a bool', { text: 'abc', when: 'input.n > 1' }],
    ['anything where the plugin wrote a pattern that is none', { text: 'abc', odd: 'x' }],
    ['a literal condition', { text: 'abc', when: true }],
    ['an expression that does not parse: that is another finding', { text: '{{ ( }}' }],
  ])('accepts %s', (_what, config) => {
    expect(of(config)).toEqual([]);
  });

  it('finds all there is at once', () => {
    expect(of({ count: 0, mode: 1, other: 2 })).toHaveLength(4);
  });

  it('never repeats what stands in a field', () => {
    const secret = 'hunter2hunter2';
    const issues = of({ text: secret, mode: secret, name: `${secret}A`, count: secret });
    expect(issues).toHaveLength(4);
    expect(JSON.stringify(issues)).not.toContain(secret);
  });

  it('warns of braces in a literal field', () => {
    expect(of({ text: 'abc', note: 'Hello {{ input.name }}' })).toMatchObject([
      { severity: 'warning', path: '/nodes/1/data/config/note', message: expect.stringContaining('not evaluated') },
    ]);
  });

  it("asks the type's own rules once the schema is content", () => {
    expect(of({}, 'own')).toMatchObject([
      { path: '/nodes/1/data/config/x', severity: 'error', message: 'Node "it": Not so.' },
      { path: '/nodes/1/data/config', severity: 'warning' },
    ]);
  });

  it('does not let a graph pass whose type cannot check it', () => {
    expect(of({}, 'broken')).toMatchObject([
      { severity: 'error', message: expect.stringContaining("plugin's author") },
    ]);
  });

  it('says nothing of a type that nobody provides', () => {
    expect(found('structure.config', around(node('a', 'nobody_has_this', { config: { x: 1 } })))).toEqual([]);
  });
});
