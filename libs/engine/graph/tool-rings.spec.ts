import { describe, expect, it } from '@jest/globals';
import type { NodeDefinition } from '#plugin-sdk';
import { edge, graph, node } from '../testing/graph-builder.js';
import { sampleNodes } from '../testing/sample-nodes.js';
import type { NodeTypes } from './graph.js';
import { withoutToolRings } from './tool-rings.js';

const like = (base: string, type: string, property: string): NodeDefinition => {
  const definition = sampleNodes.find(base)!;
  const configSchema = { type: 'object', properties: { [property]: {} } };
  return { ...definition, descriptor: { ...definition.descriptor, type, configSchema } } as NodeDefinition;
};
const own = new Map([
  ['model', like('caller', 'model', 'tools')],
  ['tool', like('change', 'tool', 'tool_name')],
]);
const types: NodeTypes = { find: (type) => own.get(type) ?? sampleNodes.find(type), all: () => [...own.values()] };

const ring = (config: object = {}, more: Parameters<typeof graph>[1] = []) =>
  graph(
    [node('s', 'start'), node('ask', 'model'), node('use', 'tool', { config: { ...config } }), node('e', 'end')],
    [
      's -> ask',
      edge('ask -> use', { condition: 'has_tool_calls' }),
      'use -> ask',
      edge('ask -> e', { condition: 'no_tool_calls' }),
      ...more,
    ],
  );

describe('a ring of a model and its tools', () => {
  it('is read as a model with tools', () => {
    const { graph: read, notes } = withoutToolRings(ring(), types);
    expect(read.nodes.map(({ id }) => id)).toEqual(['s', 'ask', 'e']);
    expect(read.nodes[1]!.data.config).toEqual({ tools: ['*'] });
    expect(read.edges.map(({ id, data }) => [id, data])).toEqual([
      ['s -> ask', {}],
      ['ask -> e', {}],
    ]);
    expect(notes).toMatchObject([
      { path: '/nodes/2', node_id: 'use', message: expect.stringContaining('"ask" with tools') },
    ]);
    expect(withoutToolRings(read, types)).toEqual({ graph: read, notes: [] });
  });

  it('gets the tool that is named', () => {
    expect(withoutToolRings(ring({ tool_name: 'calculator' }), types).graph.nodes[1]!.data.config).toEqual({
      tools: ['calculator'],
    });
  });

  it('is only one where nothing else leads to the tool or comes of it', () => {
    for (const more of ['s -> use', 'use -> e']) {
      const given = ring({}, [more]);
      expect(withoutToolRings(given, types)).toEqual({ graph: given, notes: [] });
    }
    const line = graph([node('ask', 'model'), node('use', 'tool')], ['ask -> use']);
    expect(withoutToolRings(line, types).graph).toBe(line);
  });
});
