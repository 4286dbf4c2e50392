import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './index.js';

describe('canonicalJson', () => {
  it('agrees with the library on any JSON value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(canonicalJson(value)).toBe(canonicalize(value))));
  });

  it('agrees with it on objects of any keys, in any order', () => {
    const keys = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.nat().map(String));
    const objects = fc.dictionary(
      keys,
      fc.oneof(fc.integer(), fc.dictionary(keys, fc.double({ noNaN: true, noDefaultInfinity: true }))),
    );
    fc.assert(fc.property(objects, (value) => expect(canonicalJson(value)).toBe(canonicalize(value))));
  });

  it('gives the same text again for what it wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ 10: 'ten', 9: 'nine' }, '{"10":"ten","9":"nine"}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [[-0, 1e21, 1e-7], '[0,1e+21,1e-7]'],
    [null, 'null'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['nothing at all', undefined],
    ['a number that is none', { a: [Number.NaN] }],
    ['infinity', -Infinity],
    ['half a surrogate pair', { a: '\ud800' }],
    ['half a surrogate pair as a key', { '\udc00': 1 }],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});
