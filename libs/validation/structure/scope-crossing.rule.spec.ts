import { describe, expect, it } from '@jest/globals';
import { found, looped, node } from '../testing/checked.js';

describe('structure.scope_crossing', () => {
  const sketch = looped(node('body', 'pure'));
  const crossing = (edge: string) =>
    found('structure.scope_crossing', { nodes: [...sketch.nodes, node('x', 'pure')], edges: [...sketch.edges!, edge] });

  it.each([
    ['out of a body', 'body -> end', '"end" also stands behind "body" in that body'],
    ['into a body', 'start -> body', 'enters the body of "each" from outside'],
    ['from a body into its scope', 'body -> each', 'Let it enter "back"'],
    ['from a body port to its own scope', 'each:continue -> each', 'goes round an empty body'],
    ['into back from outside', 'start -> each:back', 'is not in the body'],
  ])('refuses an edge %s', (_what, edge, message) => {
    const issues = crossing(edge);
    expect(issues.map((issue) => issue.message)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
    expect(issues[0]).toMatchObject({ path: expect.stringMatching(/^\/edges\//), node_id: null });
  });

  it('accepts a body that ends in back, or ends somewhere in itself', () => {
    expect(crossing('body -> x')).toEqual([]);
    expect(found('structure.scope_crossing', sketch)).toEqual([]);
  });

  it('accepts a scope in a scope', () => {
    const nodes = [node('start', 'start'), node('outer', 'loop'), node('inner', 'loop'), node('deep', 'pure')];
    const edges = [
      'start -> outer',
      'outer:continue -> inner',
      'inner:continue -> deep',
      'deep -> inner:back',
      'inner:exit -> outer:back',
    ];
    expect(found('structure.scope_crossing', { nodes, edges })).toEqual([]);
  });
});
