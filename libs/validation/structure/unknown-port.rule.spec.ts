import { describe, expect, it } from '@jest/globals';
import { around, found, looped, node } from '../testing/checked.js';

describe('structure.unknown_port', () => {
  const refused = (edge: string, type = 'pure') => {
    const sketch = around(node('a', type));
    return found('structure.unknown_port', { ...sketch, edges: [...sketch.edges!.slice(0, 1), edge] });
  };

  it('refuses a port that the source does not have', () => {
    expect(refused('a:ture -> end', 'choose')).toMatchObject([
      {
        path: '/edges/1/source_handle',
        edge_id: 'a:ture -> end',
        message: expect.stringContaining('Did you mean "true"?'),
      },
    ]);
  });

  it('refuses a way on behind an end', () => {
    expect(refused('end -> a')[0]!.message).toContain('delete the edge');
  });

  it('refuses handles that no node has', () => {
    expect(refused('a -> end:input')).toMatchObject([
      { path: '/edges/1/target_handle', message: expect.stringContaining('Use "in".') },
    ]);
    expect(refused('a -> end:back')[0]!.message).toContain('no scope');
    expect(refused('start -> a:top', 'loop')[0]!.message).toContain('or "back"');
  });

  it('accepts each port, the error port, and back of a scope', () => {
    expect(found('structure.unknown_port', looped(node('body', 'pure')))).toEqual([]);
    expect(refused('a:error -> end')).toEqual([]);
    expect(refused('a:false -> end', 'choose')).toEqual([]);
  });

  it('does not judge the ports of an unknown type', () => {
    expect(refused('a:whatever -> a:else', 'nobody_has_this')).toEqual([]);
  });
});
