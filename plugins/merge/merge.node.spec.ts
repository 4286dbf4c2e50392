import { describe, expect, it } from '@jest/globals';
import { type JoinDefinition, toDefinition } from '@chatter/plugin-sdk';
import { MergeNode } from './merge.node.js';

const merge = toDefinition(MergeNode) as JoinDefinition;
const arrivals = [
  { source: 'b', value: 2 },
  { source: 'a', value: null },
];

describe('merge', () => {
  it('waits for all branches, if it is told nothing else', () => expect(merge.join({})).toMatchObject({ mode: 'all' }));

  it('goes on at the first, or at the n-th', () => {
    expect(merge.join({ join: 'any' })).toMatchObject({ mode: 'any' });
    expect(merge.join({ join: 'n', n: 2 })).toEqual({ mode: 'n', n: 2 });
  });

  it('puts together an object by source node id', () => {
    expect(merge.combine({}, arrivals)).toEqual({ b: 2, a: null });
  });

  it('keeps a source whose id is no ordinary key', () => {
    const combined = merge.combine({ mode: 'object' }, [{ source: '__proto__', value: { polluted: true } }]);
    expect(Object.keys(combined as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('puts together a list in the order of the edges', () =>
    expect(merge.combine({ mode: 'list' }, arrivals)).toEqual([2, null]));

  it('gives the first that arrived, null if none did', () => {
    expect(merge.combine({ mode: 'first' }, arrivals)).toBe(2);
    expect(merge.combine({ mode: 'first' }, [])).toBeNull();
  });

  it('leaves out what did not arrive', () => {
    expect(merge.combine({ mode: 'object' }, [])).toEqual({});
    expect(merge.combine({ mode: 'list' }, [])).toEqual([]);
  });

  it.each([
    [{ join: 'n' }, 'error'],
    [{ join: 'all', n: 2 }, 'warning'],
    [{ n: 2 }, 'warning'],
  ])('finds an n that is missing or in vain: %j', (config, severity) => {
    const found = merge.validate?.(config) ?? [];
    expect(found.map((finding) => [finding.path, finding.severity ?? 'error'])).toEqual([['/n', severity]]);
  });

  it.each([[{}], [{ join: 'n', n: 1 }], [{ join: 'any' }]])('finds nothing in %j', (config) => {
    expect(merge.validate?.(config)).toEqual([]);
  });
});
