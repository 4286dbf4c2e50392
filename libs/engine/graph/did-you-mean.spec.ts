import { describe, expect, it } from '@jest/globals';
import { didYouMean } from './did-you-mean.js';

const words = ['url', 'prompt', 'model', 'http_request'];

describe('what was meant', () => {
  it.each([
    ['urls', 'url'],
    ['promt', 'prompt'],
    ['Model', 'model'],
    ['htp_request', 'http_request'],
  ])('by %s is %s', (word, meant) => expect(didYouMean(word, words)).toBe(` Did you mean "${meant}"?`));

  it('is nothing when no word is near', () => {
    expect(didYouMean('weather', words)).toBe('');
    expect(didYouMean('x', [])).toBe('');
    expect(didYouMean('x'.repeat(200), words)).toBe('');
  });
});
