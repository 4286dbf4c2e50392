import { describe, expect, it } from '@jest/globals';
import { readCursor, writeCursor } from './cursor.js';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('comes back as it was written', () => {
    const text = { sort: '-name', key: 'Übung', id: 'd1' };
    const number = { sort: 'tokens', key: 12, id: 'e1' };
    expect(readCursor(writeCursor(text), '-name', 'string')).toEqual(text);
    expect(readCursor(writeCursor(number), 'tokens', 'number')).toEqual(number);
    expect(writeCursor(text)).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['no JSON', 'abc'],
    ['no list', encoded({ sort: 'tokens' })],
    ['another order', encoded(['-tokens', 1, 'e1'])],
    ['a key of another type', encoded(['tokens', '1', 'e1'])],
    ['an object for a key', encoded(['tokens', { $gt: 0 }, 'e1'])],
    ['an id that is no text', encoded(['tokens', 1, ['e1']])],
    ['a part of a number', encoded(['tokens', 1.5, 'e1'])],
    ['a number beyond all', encoded(['tokens', 1e308, 'e1'])],
    ['a letter that no text may have', encoded(['tokens', 1, 'e\0'])],
    ['something left over', encoded(['tokens', 1, 'e1', 'more'])],
    ['something endless', encoded(['tokens', 1, 'e'.repeat(5_000)])],
  ])('is refused when it is %s', (_, text) => {
    expect(() => readCursor(text, 'tokens', 'number')).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  });
});
