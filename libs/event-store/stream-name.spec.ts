import { describe, expect, it } from '@jest/globals';
import { accountStream, categoryOf, definitionStream, executionStream, idOf, isStreamName } from './index.js';

describe('names of streams', () => {
  it.each([
    [executionStream('1-2'), 'execution', '1-2'],
    [definitionStream('x'), 'definition', 'x'],
    [accountStream('ada'), 'account', 'ada'],
    ['lonely', 'lonely', 'lonely'],
    ['-nobody', '', 'nobody'],
  ])('%s is of the category "%s", with the id %s', (stream, category, id) => {
    expect(categoryOf(stream)).toBe(category);
    expect(idOf(stream)).toBe(id);
  });

  it.each([
    ['execution-山田', true],
    ['', false],
    ['a-\ud800', false],
    ['a-\0', false],
  ])('%j may be stored: %p', (stream, storable) => {
    expect(isStreamName(stream)).toBe(storable);
  });
});
