import { describe, expect, it } from '@jest/globals';
import { around, found, node } from '../testing/checked.js';

describe('structure.compensate', () => {
  const of = (compensate: string) =>
    found('structure.compensate', around(node('a', 'change', { compensate }), node('undo', 'pure')));

  it.each([
    ['nobody', 'no node'],
    ['a', 'itself'],
    ['end', 'no edge may lead to it'],
  ])('refuses to be compensated by %s', (id, message) => {
    expect(of(id)).toMatchObject([
      { path: '/nodes/1/data/compensate', node_id: 'a', message: expect.stringContaining(message) },
    ]);
  });

  it('accepts a node that nothing leads to', () => {
    expect(of('undo')).toEqual([]);
  });
});

describe('structure.compensate', () => {
  it('refuses what is no task', () => {
    const sketch = around(node('it', 'change', { compensate: 'undo' }), node('undo', 'pause'));
    expect(found('structure.compensate', sketch)).toMatchObject([{ message: expect.stringContaining('only a task') }]);
  });
});
