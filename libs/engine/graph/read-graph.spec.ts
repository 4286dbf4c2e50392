import { describe, expect, it } from '@jest/globals';
import type { JsonValue, NodeDefinition } from '#plugin-sdk';
import { sampleNodes } from '../testing/index.js';
import type { NodeTypes } from './graph.js';
import { readGraph } from './read-graph.js';

const find = (type: string) => sampleNodes.find(type)!;
const like = (type: string, more: object): NodeDefinition => {
  const definition = find(type);
  return { ...definition, descriptor: { ...definition.descriptor, ...more } } as NodeDefinition;
};

/** The sample types, some of them with old names. */
const speak = like('speak', {
  aliases: { types: ['llm'], config: { system_prompt: 'system_message' }, handles: {} },
  configSchema: {
    type: 'object',
    properties: {
      prompt: { type: 'string' },
      system_message: { type: 'string' },
      max_tokens: { type: 'integer', 'x-aliases': ['limit'] },
      messages: { type: 'array', items: { type: 'object', properties: { spoken_by: { type: 'string' } } } },
      free: {},
    },
  },
});
const handler = like('handler', { aliases: { types: [], config: {}, handles: { success: 'handled' } } });
const types: NodeTypes = {
  find: (type) => (type === 'llm' || type === 'speak' ? speak : type === 'handler' ? handler : sampleNodes.find(type)),
  all: () => sampleNodes.all(),
};

const read = (nodes: unknown, edges: unknown = []) => readGraph(nodes, edges, types);
const node = (id: string, type = 'pure', data: object = {}) => ({ id, type, data: { config: {}, ...data } });

describe('reading a graph', () => {
  it('keeps what is canonical as it is', () => {
    const nodes = [node('a', 'start'), { ...node('b', 'end'), position: { x: 1, y: 2 }, type_version: 1 }];
    const edges = [
      {
        id: 'e',
        source: 'a',
        target: 'b',
        source_handle: 'out',
        target_handle: 'in',
        data: { condition: 'true', default: true, label: 'l' },
      },
    ];
    expect(read(nodes, edges)).toEqual({ graph: { nodes, edges }, malformed: [], aliases: [], dropped: [] });
  });

  it('fills in what an edge leaves out', () => {
    const { graph } = read(
      [node('a'), node('c', 'choose'), node('b', 'end')],
      [
        { source: 'a', target: 'c' },
        { source: 'c', target: 'b', sourceHandle: null, targetHandle: null },
        { source: 'c', target: 'b', id: null },
        { source: 'nobody', target: 'b' },
      ],
    );
    expect(graph!.edges.map(({ id, source_handle, target_handle }) => [id, source_handle, target_handle])).toEqual([
      ['a-out-c', 'out', 'in'],
      ['c-true-b', 'true', 'in'],
      ['c-true-b-2', 'true', 'in'],
      ['nobody-out-b', 'out', 'in'],
    ]);
  });

  it('never gives an edge an id that another edge was given', () => {
    const { graph } = read(
      [node('a'), node('b', 'end')],
      [
        { source: 'a', target: 'b' },
        { id: 'a-out-b', source: 'a', target: 'b' },
      ],
    );
    expect(graph!.edges.map(({ id }) => id)).toEqual(['a-out-b-2', 'a-out-b']);
  });

  it('reads the old names of types, config keys and handles, and says so', () => {
    const { graph, aliases } = read(
      [
        node('m', 'llm', {
          timeoutMs: 5,
          config: { systemPrompt: 's', limit: 3, messages: [{ spokenBy: 'me' }], free: { stayAsIs: 1 } },
        }),
        node('h', 'handler'),
      ],
      [{ id: 'e', source: 'h', target: 'm', sourceHandle: 'success' }],
    );
    expect(graph!.nodes[0]).toEqual({
      id: 'm',
      type: 'speak',
      data: {
        timeout_ms: 5,
        config: { system_message: 's', max_tokens: 3, messages: [{ spoken_by: 'me' }], free: { stayAsIs: 1 } },
      },
    });
    expect(graph!.edges[0]!.source_handle).toBe('handled');
    expect(aliases.map(({ path }) => path)).toEqual([
      '/nodes/0/type',
      '/nodes/0/data/timeoutMs',
      '/nodes/0/data/config/systemPrompt',
      '/nodes/0/data/config/limit',
      '/nodes/0/data/config/messages/0/spokenBy',
      '/edges/0/sourceHandle',
      '/edges/0/source_handle',
    ]);
  });

  it('leaves an old config key beside its new one, for the validator to refuse', () => {
    const { graph } = read([node('m', 'llm', { config: { maxTokens: 1, max_tokens: 2 } })]);
    expect(graph!.nodes[0]!.data.config).toEqual({ maxTokens: 1, max_tokens: 2 });
  });

  it.each(['END', '__end__'])('leads an edge to %s to the end node', (target) => {
    const { graph, aliases } = read([node('a'), node('done', 'end')], [{ id: 'e', source: 'a', target }]);
    expect(graph!.edges[0]!.target).toBe('done');
    expect(aliases).toMatchObject([{ path: '/edges/0/target', edge_id: 'e' }]);
  });

  it('makes the end node once where there is none', () => {
    const edges = [
      { source: 'a', target: 'END' },
      { source: 'end', target: '__end__' },
    ];
    const { graph } = read([node('a'), node('end')], edges);
    expect(graph!.nodes.map(({ id, type }) => [id, type])).toEqual([
      ['a', 'pure'],
      ['end', 'pure'],
      ['end-2', 'end'],
    ]);
    expect(graph!.edges.map(({ target }) => target)).toEqual(['end-2', 'end-2']);
  });

  it('leaves END as it is where a node is called so, or no type can end', () => {
    expect(read([node('a'), node('END')], [{ source: 'a', target: 'END' }]).graph!.edges[0]!.target).toBe('END');
    const none = readGraph([node('a')], [{ source: 'a', target: 'END' }], { find: sampleNodes.find, all: () => [] });
    expect(none.graph!.edges[0]!.target).toBe('END');
  });

  it('drops what a canvas added, and what says only what is so anyway', () => {
    const { graph, dropped } = read(
      [
        {
          ...node('a', 'pure', { enabled: true, on_error: 'fail', compensate: null, nodeType: 'x' }),
          selected: true,
          measured: {},
        },
      ],
      [
        {
          id: 'e',
          source: 'a',
          target: 'a',
          type: 'smoothstep',
          selected: false,
          data: { condition: null, default: false, label: null },
        },
      ],
    );
    expect(graph).toEqual({
      nodes: [{ id: 'a', type: 'pure', data: { config: {} } }],
      edges: [{ id: 'e', source: 'a', target: 'a', source_handle: 'out', target_handle: 'in', data: {} }],
    });
    expect(dropped).toEqual([
      '/nodes/0/selected',
      '/nodes/0/measured',
      '/nodes/0/data/nodeType',
      '/edges/0/type',
      '/edges/0/selected',
    ]);
  });

  it('takes a node without data, and a graph without edges', () => {
    expect(read([{ id: 'a', type: 'nobody_has_this' }], null).graph).toEqual({
      nodes: [{ id: 'a', type: 'nobody_has_this', data: { config: {} } }],
      edges: [],
    });
  });

  it('gives the same when it reads what it read', () => {
    const { graph } = read([node('m', 'llm', { config: { systemPrompt: 's' } })], [{ source: 'm', target: 'END' }]);
    expect(read(graph!.nodes, graph!.edges)).toEqual({ graph, malformed: [], aliases: [], dropped: [] });
  });
});

describe('what is malformed', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no list of nodes', undefined, [], '/nodes'],
    ['edges that are no list', [], {}, '/edges'],
    ['a node that is no object', ['a'], [], '/nodes/0'],
    ['a node without id', [{ type: 'pure' }], [], '/nodes/0/id'],
    ['an id that is a number', [{ id: 1, type: 'pure' }], [], '/nodes/0/id'],
    ['a node without type', [{ id: 'a' }], [], '/nodes/0/type'],
    ['a type version of no kind', [{ ...node('a'), type_version: 0 }], [], '/nodes/0/type_version'],
    ['an unknown key of a node', [{ ...node('a'), colour: 1 }], [], '/nodes/0/colour'],
    ['a position without y', [{ ...node('a'), position: { x: 1 } }], [], '/nodes/0/position'],
    ['a position that is no object', [{ ...node('a'), position: 3 }], [], '/nodes/0/position'],
    ['data that is a list', [{ ...node('a'), data: [] }], [], '/nodes/0/data'],
    ['an unknown key of data', [node('a', 'pure', { lable: 'x' })], [], '/nodes/0/data/lable'],
    ['a label that is no text', [node('a', 'pure', { label: 1 })], [], '/nodes/0/data/label'],
    ['a config that is a text', [node('a', 'pure', { config: 'x' })], [], '/nodes/0/data/config'],
    ['an edge without source', [], [{ target: 'b' }], '/edges/0/source'],
    ['an edge without target', [], [{ source: 'b' }], '/edges/0/target'],
    ['an edge id that is no text', [], [{ id: 1, source: 'b', target: 'b' }], '/edges/0/id'],
    ['a handle that is no text', [], [{ source: 'b', target: 'b', source_handle: 1 }], '/edges/0/source_handle'],
    ['edge data that is a text', [], [{ source: 'b', target: 'b', data: 'x' }], '/edges/0/data'],
    [
      'a condition that is no text',
      [],
      [{ source: 'b', target: 'b', data: { condition: true } }],
      '/edges/0/data/condition',
    ],
    [
      'a default that is no bool',
      [],
      [{ source: 'b', target: 'b', data: { default: 'yes' } }],
      '/edges/0/data/default',
    ],
  ])('%s', (_what, nodes, edges, path) => {
    const { graph, malformed } = read(nodes, edges);
    expect(graph).toBeNull();
    expect(malformed.map((note) => note.path)).toContain(path);
  });

  it('says which key was meant, or where it belongs', () => {
    const { malformed } = read(
      [{ ...node('a'), postion: null, config: {} }],
      [{ source: 'a', target: 'a', condition: 'true' }],
    );
    expect(malformed.map(({ message }) => message)).toEqual([
      expect.stringContaining('Did you mean "position"?'),
      expect.stringContaining('It belongs in "data".'),
      expect.stringContaining('It belongs in "data".'),
    ]);
  });

  it('refuses both spellings of a key at once', () => {
    expect(read([node('a', 'pure', { timeout_ms: 1, timeoutMs: 2 })]).malformed).toMatchObject([
      { path: '/nodes/0/data/timeoutMs' },
    ]);
  });

  it('is found in all its places', () => {
    const odd: JsonValue = [{ id: 1 }, 'x'];
    expect(read(odd, [{}]).malformed).toHaveLength(5);
  });
});
