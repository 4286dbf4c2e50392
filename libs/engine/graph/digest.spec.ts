import { describe, expect, it } from '@jest/globals';
import { edge, graph, node } from '../testing/index.js';
import type { Graph } from './graph.js';
import { graphDigest, graphText } from './digest.js';

const one = graph([node('a', 'pure', { config: { x: 1, y: [true, null] } })], [edge('a -> b')]);

describe('the digest of a graph', () => {
  it('is the SHA-256 of its canonical text', () => {
    expect(graphText(graph([], []))).toBe('{"edges":[],"nodes":[]}');
    expect(graphDigest(graph([], []))).toBe('sha256:57501e5c6808b3e14852a4ea21dc7873abf9409032a06f9b740c973e83f62cf7');
  });

  it('does not depend on the order of keys', () => {
    const shuffled: Graph = {
      edges: one.edges.map(
        (each) => Object.fromEntries(Object.entries(each).toReversed()) as unknown as Graph['edges'][number],
      ),
      nodes: [{ data: { config: { y: [true, null], x: 1 } }, type: 'pure', id: 'a' }],
    };
    expect(graphDigest(shuffled)).toBe(graphDigest(one));
  });

  it.each([
    ['a value', graph([node('a', 'pure', { config: { x: 2, y: [true, null] } })], [edge('a -> b')])],
    ['an edge', graph([...one.nodes], [edge('a:error -> b')])],
    ['a label', graph([node('a', 'pure', { label: 'A', config: { x: 1, y: [true, null] } })], [edge('a -> b')])],
    [
      'the order of nodes in a list',
      graph([node('a', 'pure', { config: { x: 1, y: [null, true] } })], [edge('a -> b')]),
    ],
  ])('depends on %s', (_what, other) => {
    expect(graphDigest(other)).not.toBe(graphDigest(one));
  });
});
