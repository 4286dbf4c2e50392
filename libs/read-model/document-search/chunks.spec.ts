import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunksOf, chunkSize } from './chunks.js';

const words = (count: number, word = 'word') => Array.from({ length: count }, (_, n) => `${word}${n}`).join(' ');

describe('a text in parts', () => {
  it('is one part where it is short, and none where it is empty', () => {
    expect(chunksOf('  A short text.\n')).toEqual(['A short text.']);
    expect(chunksOf(' \n ')).toEqual([]);
  });

  it('is cut between paragraphs, else sentences, else words', () => {
    const paragraph = words(80).slice(0, 500);
    expect(chunksOf(`${paragraph}\n\n${words(100)}`)[0]).toBe(paragraph);
    const [first] = chunksOf(`${words(100).slice(0, 600)}. ${words(100)}`);
    expect(first).toMatch(/\.$/);
    for (const part of chunksOf(words(1_000))) expect(part).toMatch(/^word\d+( word\d+)*$/);
  });

  it('repeats a little, so that what stands on a border is in one of them whole', () => {
    const parts = chunksOf(words(1_000));
    for (let n = 1; n < 1_000; n += 1) {
      expect(parts.some((part) => ` ${part} `.includes(` word${n - 1} word${n} `))).toBe(true);
    }
  });

  it('loses nothing, cuts no character in two, and ends', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'bcd', ' ', '\n\n', '. ', '😀', '字'), maxLength: 3_000 });
    fc.assert(
      fc.property(text, (given) => {
        const parts = chunksOf(given);
        let at = 0;
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(chunkSize + 1);
          expect(part.isWellFormed()).toBe(true);
          const found = given.indexOf(part, Math.max(0, at - chunkSize));
          expect(found).toBeGreaterThanOrEqual(0);
          expect(given.slice(at, Math.max(at, found)).trim()).toBe('');
          at = Math.max(at, found + part.length);
        }
        expect(given.slice(at).trim()).toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
