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
    expect(joined({ join: 'n', n: 2 }, ['start -> m'])[0]!.message).toContain('No more than 1 can come');
  });

  it('counts the ports of one node once: it leaves by one of them', () => {
    const nodes = [node('start', 'start'), node('if', 'choose'), node('m', 'merge', { config: { join: 'n', n: 2 } })];
    const edges = ['start -> if', 'if:true -> m', 'if:false -> m'];
    expect(found('structure.join_never_holds', { nodes, edges })).toHaveLength(1);
    expect(found('structure.join_never_holds', { nodes, edges: [...edges, 'start -> m'] })).toEqual([]);
  });

  it('leaves a join that cannot read its config to other rules', () => {
    expect(
      found('structure.join_never_holds', { nodes: [node('a', 'start'), node('m', 'illegible')], edges: ['a -> m'] }),
    ).toEqual([]);
  });

  it('accepts what can be met', () => {
    for (const n of [1, 2]) expect(joined({ join: 'n', n })).toEqual([]);
    expect(joined({ join: 'all' })).toEqual([]);
    expect(joined({ join: 'any', n: 9 })).toEqual([]);
  });
});
