import { describe, expect, it } from '@jest/globals';
import { hashOf, isApiKey, makeApiKey } from './api-key.js';

describe('An API key', () => {
  it('is told by its prefix and its checksum, and kept as a hash', () => {
    const { key, keyHash, prefix } = makeApiKey();
    expect(key).toMatch(/^chk_[A-Za-z0-9_-]{49}$/);
    expect(isApiKey(key)).toBe(true);
    expect([keyHash, prefix]).toEqual([hashOf(key), key.slice(0, 10)]);
    expect(keyHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => makeApiKey().key)).size).toBe(100);
  });

  it('with a slip is none, without a look-up', () => {
    const { key } = makeApiKey();
    const other = (char: string): string => (char === 'a' ? 'b' : 'a');
    const slips = [...key].map((char, at) => key.slice(0, at) + other(char) + key.slice(at + 1));
    expect(slips.filter(isApiKey)).toEqual([]);
    expect([isApiKey(`${key}x`), isApiKey(key.slice(0, -1)), isApiKey('chk_'), isApiKey('')]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
