import { describe, expect, it } from '@jest/globals';
import { edge, found, node } from '../testing/checked.js';

describe('structure.guards', () => {
  const guarding = (guards: string, type = 'call') =>
    found('structure.guards', {
      nodes: [node('start', 'start'), node('ask', 'approve', { config: { guards } }), node('pay', type)],
      edges: [edge('start -> ask'), edge('ask:approved -> pay')],
    });

  it('refuses what is no node, and what changes nothing', () => {
    expect(guarding('pai')).toMatchObject([
      { path: '/nodes/1/data/config/guards', node_id: 'ask', message: expect.stringContaining('Did you mean "pay"?') },
    ]);
    expect(guarding('pay', 'pure')).toMatchObject([{ message: expect.stringContaining('needs no guard') }]);
    expect(guarding('pay')).toEqual([]);
    expect(guarding('pay', 'nobody knows')).toEqual([]);
  });
});
