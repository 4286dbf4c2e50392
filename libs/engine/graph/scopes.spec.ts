import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { edge, graph, node, sampleNodes } from '../testing/index.js';
import type { GraphEdge, GraphNode } from './graph.js';
import { analyseScopes } from './scopes.js';

const scopesOf = (nodes: readonly GraphNode[], lines: readonly string[]) =>
  analyseScopes(graph(nodes, lines), sampleNodes);
const pure = (...ids: string[]) => ids.map((id) => node(id, 'pure'));
const crossing = (scopes: ReturnType<typeof scopesOf>) => scopes.crossings.map(({ id }) => id);

const looped = [node('start', 'start'), node('each', 'loop'), ...pure('a', 'b', 'after')];
const round = ['start -> each', 'each:continue -> a', 'a -> b', 'b -> each:back', 'each:exit -> after'];

describe('the body of a scope', () => {
  it('is what its body port reaches, without what comes after the scope', () => {
    const { bodies, scopeOf, crossings } = scopesOf(looped, round);
    expect(bodies).toEqual(new Map([['each', new Set(['a', 'b'])]]));
    expect(scopeOf).toEqual(
      new Map([
        ['a', 'each'],
        ['b', 'each'],
      ]),
    );
    expect(crossings).toEqual([]);
  });

  it('holds the bodies of the scopes in it; a node belongs to the innermost', () => {
    const nodes = [
      node('start', 'start'),
      node('outer', 'loop'),
      node('inner', 'map'),
      ...pure('cell', 'row', 'after'),
    ];
    const { bodies, scopeOf, crossings } = scopesOf(nodes, [
      'start -> outer',
      'outer:continue -> inner',
      'inner:item -> cell',
      'cell -> inner:back',
      'inner:done -> row',
      'row -> outer:back',
      'outer:exit -> after',
    ]);
    expect(bodies.get('outer')).toEqual(new Set(['inner', 'cell', 'row']));
    expect(bodies.get('inner')).toEqual(new Set(['cell']));
    expect(Object.fromEntries(scopeOf)).toEqual({ inner: 'outer', row: 'outer', cell: 'inner' });
    expect(crossings).toEqual([]);
  });

  it('may be empty, its port leading straight back', () => {
    expect(
      crossing(
        scopesOf([node('start', 'start'), node('each', 'loop')], ['start -> each', 'each:continue -> each:back']),
      ),
    ).toEqual([]);
  });

  it('has the failures of its nodes in it', () => {
    const { bodies } = scopesOf(
      [...looped, node('mend', 'handler')],
      [...round, 'a:error -> mend', 'mend:handled -> each:back'],
    );
    expect(bodies.get('each')).toEqual(new Set(['a', 'b', 'mend']));
  });
});

describe('an edge across the border of a body', () => {
  it.each([
    ['into it, past the body port', 'start -> a'],
    ['into it from the scope’s other port', 'each:exit -> a'],
    ['into "back" from outside', 'after -> each:back'],
    ['back to the scope by "in"', 'b -> each'],
  ])('is told: %s', (_what, line) => {
    expect(crossing(scopesOf(looped, [...round, line]))).toContain(line);
  });

  it('is told at the scope’s other port where a body runs on into what comes after: that is in the body then', () => {
    expect(crossing(scopesOf(looped, [...round, 'b -> after']))).toEqual(['each:exit -> after']);
  });

  it('is told where an inner body leads back to the outer scope', () => {
    const nodes = [node('outer', 'loop'), node('inner', 'loop'), ...pure('cell')];
    const lines = [
      'outer:continue -> inner',
      'inner:continue -> cell',
      'cell -> outer:back',
      'inner:exit -> outer:back',
    ];
    expect(crossing(scopesOf(nodes, lines))).toContain('cell -> outer:back');
  });

  it('is none where "back" is only the name of a task’s handle', () => {
    expect(crossing(scopesOf(pure('a', 'b'), ['a -> b:back']))).toEqual([]);
  });
});

describe('where an execution begins', () => {
  it('is the start', () => {
    expect(scopesOf([...pure('a'), node('start', 'start')], []).entry).toBe('start');
  });

  it('is the only node without in-edges where there is no start', () => {
    expect(scopesOf(pure('a', 'b'), ['a -> b']).entry).toBe('a');
  });

  it('is no node that another names to undo it', () => {
    const nodes = [node('book', 'change', { compensate: 'unbook' }), node('unbook', 'change')];
    expect(scopesOf(nodes, []).entry).toBe('book');
  });

  it('is nowhere in a ring, and in several places nowhere in particular', () => {
    expect(scopesOf(pure('a', 'b'), ['a -> b', 'b -> a'])).toMatchObject({ entry: null, entries: [] });
    expect(scopesOf(pure('a', 'b'), [])).toMatchObject({ entry: null, entries: ['a', 'b'] });
    expect(scopesOf([node('one', 'start'), node('two', 'start')], [])).toMatchObject({
      entry: null,
      entries: ['one', 'two'],
    });
  });

  it('is not looked for by unknown types', () => {
    expect(scopesOf([node('a', 'nobody_knows')], []).entry).toBe('a');
  });
});

describe('any graph', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const anyNode = fc.constantFrom('pure', 'loop', 'map', 'choose');
  const anyEdge = fc.record({
    source: fc.constantFrom(...ids),
    target: fc.constantFrom(...ids),
    source_handle: fc.constantFrom('out', 'continue', 'item', 'exit', 'done'),
    target_handle: fc.constantFrom('in', 'back'),
  });

  /** As slow and as plain as it can be said. */
  const reachedIn = (edges: readonly GraphEdge[], scope: string, port: string): Set<string> => {
    const reached = new Set<string>();
    for (let before = -1; before !== reached.size;) {
      before = reached.size;
      for (const { source, target, source_handle } of edges) {
        const leads = source === scope ? source_handle === port : reached.has(source);
        if (leads && target !== scope) reached.add(target);
      }
    }
    return reached;
  };

  it('has the bodies that a plain search finds', () => {
    fc.assert(
      fc.property(
        fc.array(anyNode, { minLength: 5, maxLength: 5 }),
        fc.array(anyEdge, { maxLength: 12 }),
        (types, edges) => {
          const nodes = types.map((type, index) => node(ids[index]!, type));
          const lines = edges.map((each, index): GraphEdge => ({ ...edge('a -> b'), ...each, id: String(index) }));
          const { bodies } = analyseScopes(graph(nodes, lines), sampleNodes);
          for (const { id, type } of nodes) {
            const port = sampleNodes.find(type)!.descriptor.bodyPort;
            expect(bodies.get(id)).toEqual(port === undefined ? undefined : reachedIn(lines, id, port));
          }
        },
      ),
    );
  });
});
