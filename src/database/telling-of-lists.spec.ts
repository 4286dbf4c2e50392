import { expect, it } from '@jest/globals';
import { tellingOfLists } from './telling-of-lists.js';

it('The operator is told once when lists stand still, when they go on, and of each stream that could not be folded', () => {
  const told: unknown[] = [];
  const hear = tellingOfLists({
    error: (facts: unknown) => told.push(facts),
    info: (text: unknown) => told.push(text),
  } as never);
  const fine = { failing: null, parked: 0 };
  hear(fine);
  hear({ ...fine, failing: 'the disk is full' });
  hear({ ...fine, failing: 'the disk is full' });
  expect(told.splice(0)).toEqual([{ reason: 'the disk is full' }]);
  hear(fine);
  expect(told.splice(0)).toEqual(['The lists go on']);
  hear({ ...fine, parked: 2 });
  hear({ ...fine, parked: 2 });
  hear({ ...fine, parked: 1 });
  hear({ ...fine, parked: 2 });
  expect(told).toEqual([{ streams: 2 }, { streams: 2 }]);
});
