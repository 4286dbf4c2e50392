import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.join_never_holds', () => {
  const joined = (
    config: { join?: string; n?: number },
    edges = ['start -> a', 'start -> b', 'a -> m', 'b -> m', 'm -> end'],
  ) =>
    found('structure.join_never_holds', {
      nodes: [
        node('start', 'start'),
        node('a', 'pure'),
        node('b', 'pure'),
        node('m', 'merge', { config }),
        node('end', 'end'),
      ],
      edges,
    });

  it('refuses to wait for more than there are edges, or for nothing', () => {
    expect(joined({ join: 'n', n: 3 })).toMatchObject([
      { path: '/nodes/3/data/config/n', node_id: 'm', message: expect.stringContaining('at most 2') },
    ]);
    expect(joined({ join: 'n', n: 0 })[0]!.message).toContain('at least 1');
    expect(joined({ join: 'n', n: 2 }, ['start -> m'])[0]!.message).toContain('Only 1 edge leads');
  });

  it('accepts what can be met', () => {
    for (const n of [1, 2]) expect(joined({ join: 'n', n })).toEqual([]);
    expect(joined({ join: 'all' })).toEqual([]);
    expect(joined({ join: 'any', n: 9 })).toEqual([]);
  });
});
