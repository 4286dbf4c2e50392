import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_BYTES, MAX_DEPTH, problemOfJson } from './json-check.js';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const circular: unknown[] = [];
circular.push(circular);
const doubling = (times: number): unknown => {
  let value: unknown = 'text';
  for (let time = 0; time < times; time += 1) value = [value, value];
  return value;
};

describe('what can be recorded', () => {
  it.each([
    [null],
    [true],
    [''],
    [0.1],
    [Number.MAX_SAFE_INTEGER],
    [[1, 'a', { b: null }]],
    [Object.assign(Object.create(null), { a: 1 })],
    [nested(MAX_DEPTH)],
    ['x'.repeat(MAX_BYTES - 2)],
    ['😀'],
  ])('passes', (value) => expect(problemOfJson(value, 'output')).toBeNull());

  it('is the same once it has been written and read', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withNullPrototype: true,
          withDate: true,
          withMap: true,
          withBigInt: true,
          withSparseArray: true,
        }),
        (value) => {
          if (problemOfJson(value, 'output') !== null) return;
          expect(JSON.stringify(JSON.parse(JSON.stringify(value)))).toBe(JSON.stringify(value));
        },
      ),
    );
  });
});

describe('what cannot', () => {
  class Own {}
  it.each<[unknown, string]>([
    [undefined, 'output is undefined'],
    [{ a: [undefined] }, 'output.a[0] is undefined'],
    [() => 1, 'output is a function'],
    [1n, 'output is a bigint'],
    [Symbol('s'), 'output is a symbol'],
    [NaN, 'output is NaN'],
    [-Infinity, 'output is -Infinity'],
    [{ n: 2 ** 53 }, 'output.n is 9007199254740992: whole numbers beyond 2^53 − 1 lose digits. Give a text.'],
    [new Date(0), 'output is a Date object'],
    [new Map(), 'output is a Map object'],
    [new Own(), 'output is a Own object'],
    [Object.create({ constructor: undefined, inherited: 1 }), 'output is a strange object'],
    ['\ud800', 'output ends or begins inside a character'],
    [{ '\udc00': 1 }, 'output has a key that ends or begins inside a character'],
    [nested(MAX_DEPTH + 1), 'is nested deeper than 64, or contains itself.'],
    [circular, 'is nested deeper than 64, or contains itself.'],
    ['x'.repeat(MAX_BYTES - 1), `output has ${MAX_BYTES + 1} bytes, but may have at most ${MAX_BYTES}.`],
    [doubling(60), `is far beyond ${MAX_BYTES} bytes.`],
  ])('is named: %#', (value, problem) => expect(problemOfJson(value, 'output')).toContain(problem));
});
