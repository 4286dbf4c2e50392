import { describe, expect, it } from '@jest/globals';
import { graph, node } from '../testing/index.js';
import { complexityOf } from './complexity.js';

const nodes = (...ids: string[]) => ids.map((id) => node(id, 'pure'));

describe('how intricate a graph is', () => {
  it('is nothing for an empty one', () => {
    const none = { nodes: 0, edges: 0, branches: 0, depth: 0, loops: 0, cyclomatic: 0 };
    expect(complexityOf(graph([], []))).toEqual(none);
  });

  it('is one way through a line', () => {
    const line = graph(nodes('a', 'b', 'c'), ['a -> b', 'b -> c']);
    expect(complexityOf(line)).toEqual({ nodes: 3, edges: 2, branches: 0, depth: 3, loops: 0, cyclomatic: 1 });
  });

  it('grows with a branch, and is as deep as the longest way', () => {
    const branching = graph(nodes('a', 'b', 'c', 'd'), ['a:true -> b', 'a:false -> d', 'b -> c', 'c -> d']);
    expect(complexityOf(branching)).toEqual({ nodes: 4, edges: 4, branches: 1, depth: 4, loops: 0, cyclomatic: 2 });
  });

  it('has a loop where ways lead back, which make it no deeper', () => {
    const looping = graph(nodes('each', 'b', 'c', 'e'), [
      'each:item -> b',
      'b -> c',
      'c -> each:back',
      'each:done -> e',
    ]);
    expect(complexityOf(looping)).toEqual({ nodes: 4, edges: 4, branches: 1, depth: 3, loops: 1, cyclomatic: 2 });
  });

  it('counts parts that do not hang together, and no edge that leads nowhere', () => {
    const parts = graph(nodes('a', 'b', 'c'), ['a -> b', 'a -> gone', 'gone -> c']);
    expect(complexityOf(parts)).toEqual({ nodes: 3, edges: 1, branches: 0, depth: 2, loops: 0, cyclomatic: 2 });
  });

  it('counts what goes in a circle without end as not deep', () => {
    expect(complexityOf(graph(nodes('a', 'b'), ['a -> b', 'b -> a'])).depth).toBe(0);
  });

  it('is found in linear time', () => {
    const ids = Array.from({ length: 50_000 }, (_, at) => `n${at}`);
    const long = graph(
      nodes(...ids),
      ids.slice(1).map((id, at) => `n${at} -> ${id}`),
    );
    expect(complexityOf(long)).toMatchObject({ depth: 50_000, cyclomatic: 1 });
  });
});
