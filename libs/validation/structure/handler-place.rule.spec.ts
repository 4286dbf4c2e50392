import { describe, expect, it } from '@jest/globals';
import { found, node } from '../testing/checked.js';

describe('structure.handler_place', () => {
  const handling = (...edges: readonly string[]) =>
    found('structure.handler_place', {
      nodes: [node('start', 'start'), node('a', 'pure'), node('h', 'handler')],
      edges,
    });

  it('warns of a handler that no failure can reach', () => {
    expect(handling('start -> a', 'a -> h')).toMatchObject([{ severity: 'warning', node_id: 'h', path: '/nodes/2' }]);
    expect(handling('start -> a', 'a:error -> h')).toEqual([]);
    expect(handling('start -> a', 'a:error -> h', 'start -> h')).toEqual([]);
    expect(handling('start -> a')).toEqual([]);
  });
});
