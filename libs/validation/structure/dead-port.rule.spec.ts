import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.dead_port', () => {
  it('warns of a way that leads nowhere', () => {
    const nodes = [node('a', 'choose'), node('b', 'end')];
    expect(found('structure.dead_port', { nodes, edges: ['a:true -> b'] })).toMatchObject([
      { severity: 'warning', node_id: 'a', message: expect.stringContaining('"false"') },
    ]);
  });

  it('says nothing of the only port of a node, nor of its error port', () => {
    expect(found('structure.dead_port', { nodes: [node('a', 'start'), node('b', 'pure')], edges: ['a -> b'] })).toEqual(
      [],
    );
  });
});
