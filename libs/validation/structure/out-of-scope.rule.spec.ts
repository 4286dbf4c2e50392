import { describe, expect, it } from '@jest/globals';
import { edge, found, looped, node } from '../testing/checked.js';

describe('structure.out_of_scope', () => {
  it('refuses to look into a body from outside', () => {
    const sketch = looped(node('body', 'pure'));
    const nodes = sketch.nodes.map((each) =>
      each.id === 'end' ? node('end', 'end', { config: { output: '{{ nodes.body.output }}' } }) : each,
    );
    expect(found('structure.out_of_scope', { ...sketch, nodes })).toMatchObject([
      {
        node_id: 'end',
        path: '/nodes/3/data/config/output',
        message: expect.stringContaining('Read the output of "each"'),
      },
    ]);
    const edges = [
      ...sketch.edges!.filter((each) => each !== 'each:exit -> end'),
      edge('each:exit -> end', { condition: 'nodes.body.output > 1' }),
    ];
    expect(found('structure.out_of_scope', { ...sketch, edges })).toMatchObject([{ edge_id: 'each:exit -> end' }]);
  });

  it('sees the body on the edges into it', () => {
    const sketch = looped(node('body', 'pure'));
    const asked = edge('each:continue -> body', { condition: 'nodes.body.output == null && scopes.each.index < 3' });
    const edges = [...sketch.edges!.filter((each) => each !== 'each:continue -> body'), asked];
    expect(found('structure.out_of_scope', { ...sketch, edges })).toEqual([]);
    expect(found('structure.unknown_name', { ...sketch, edges })).toEqual([]);
  });

  it('accepts to look around in a body, and out of it', () => {
    const body = node('body', 'pure', {
      config: { x: '{{ [nodes.start.output, nodes.body.status, nodes.each.output] }}' },
    });
    expect(found('structure.out_of_scope', looped(body))).toEqual([]);
  });
});
