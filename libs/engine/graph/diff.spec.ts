import { describe, expect, it } from '@jest/globals';
import { edge, graph, node } from '../testing/graph-builder.js';
import { diffGraphs, diffValues } from './diff.js';

const start = node('start', 'pure');
const ask = node('ask', 'pure', { config: { prompt: 'Hi', list: [1, { deep: 'x' }], gone: true } });
const base = graph([start, ask], ['start -> ask']);

describe('What differs between two graphs', () => {
  it('is nothing between a graph and itself', () => {
    expect(diffGraphs(base, structuredClone(base))).toEqual({
      identical: true,
      nodes: { added: [], removed: [], changed: [] },
      edges: { added: [], removed: [], changed: [] },
      layout: { nodes: [], edges: [] },
    });
  });

  it('names nodes and edges that came and went, as they are', () => {
    const end = node('end', 'pure');
    const diff = diffGraphs(base, graph([start, end], ['start -> end']));
    expect(diff).toMatchObject({
      identical: false,
      nodes: { added: [end], removed: [ask], changed: [] },
      edges: { added: [edge('start -> end')], removed: [edge('start -> ask')], changed: [] },
    });
  });

  it('names each field that changed by its pointer, with before and after (rule 2)', () => {
    const config = { prompt: 'Hello', list: [1, { deep: 'y' }, 2], 'a/b~c': null };
    const later = graph([start, { ...ask, type: 'other', data: { config, timeout_ms: 5 } }], ['start -> ask']);
    expect(diffGraphs(base, later).nodes.changed).toEqual([
      {
        id: 'ask',
        changes: [
          { path: '/type', before: 'pure', after: 'other' },
          { path: '/data/config/prompt', before: 'Hi', after: 'Hello' },
          { path: '/data/config/list/1/deep', before: 'x', after: 'y' },
          { path: '/data/config/list/2', after: 2 },
          { path: '/data/config/gone', before: true },
          { path: '/data/config/a~1b~0c', after: null },
          { path: '/data/timeout_ms', after: 5 },
        ],
      },
    ]);
  });

  it('tells positions and labels apart (rule 3)', () => {
    const moved = { ...ask, position: { x: 1, y: 2 }, data: { ...ask.data, label: 'Ask' } };
    const diff = diffGraphs(base, graph([start, moved], [edge('start -> ask', { label: 'on' })]));
    expect(diff).toMatchObject({ identical: false, nodes: { changed: [] }, edges: { changed: [] } });
    expect(diff.layout).toEqual({
      nodes: [
        {
          id: 'ask',
          changes: [
            { path: '/data/label', after: 'Ask' },
            { path: '/position', after: { x: 1, y: 2 } },
          ],
        },
      ],
      edges: [{ id: 'start -> ask', changes: [{ path: '/data/label', after: 'on' }] }],
    });
    const further = { ...moved, position: { x: 1, y: 3 } };
    expect(diffGraphs(graph([moved], []), graph([further], [])).layout.nodes).toEqual([
      { id: 'ask', changes: [{ path: '/position/y', before: 2, after: 3 }] },
    ]);
  });

  it('does not take a config member for the layout because of its name', () => {
    const before = node('a', 'pure', { config: { position: 1, label: 'x' } });
    const after = node('a', 'pure', { config: { position: 2, label: 'y' } });
    const { nodes, layout } = diffGraphs(graph([before], []), graph([after], []));
    expect([nodes.changed[0]?.changes.length, layout.nodes]).toEqual([2, []]);
  });

  it('knows an edge by what it joins where its id is another one (rule 1)', () => {
    const renamed = { ...edge('start -> ask', { condition: 'true' }), id: 'e7' };
    expect(diffGraphs(base, graph([start, ask], [renamed])).edges).toEqual({
      added: [],
      removed: [],
      changed: [
        {
          id: 'e7',
          changes: [
            { path: '/id', before: 'start -> ask', after: 'e7' },
            { path: '/data/condition', after: 'true' },
          ],
        },
      ],
    });
  });

  it('compares values of different kinds as wholes', () => {
    expect(diffValues([1], { 0: 1 })).toEqual([{ path: '', before: [1], after: { 0: 1 } }]);
    expect(diffValues({ a: null }, { a: {} })).toEqual([{ path: '/a', before: null, after: {} }]);
    expect(diffValues({}, JSON.parse('{"toString":1}') as never)).toEqual([{ path: '/toString', after: 1 }]);
  });
});
