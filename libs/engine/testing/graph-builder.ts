import { compileGraph, type CompiledGraph } from '../graph/compiled-graph.js';
import type { Graph, GraphEdge, GraphNode, NodeData } from '../graph/graph.js';
import { sampleUsable } from './sample-nodes.js';

/** `node('a', 'pure', { config: { … } })` */
export const node = (id: string, type: string, data: Partial<NodeData> = {}): GraphNode => ({
  id,
  type,
  data: { config: {}, ...data },
});

/** `edge('a:true -> b:in', { condition: '…' })`; the ports may be left out. Its id is the text itself. */
export function edge(line: string, data: GraphEdge['data'] = {}): GraphEdge {
  const [from, to] = line.split(' -> ') as [string, string];
  const [source, port = 'out'] = from.split(':') as [string, string?];
  const [target, handle = 'in'] = to.split(':') as [string, string?];
  return { id: line, source, target, source_handle: port, target_handle: handle, data };
}

export const graph = (nodes: readonly GraphNode[], edges: readonly (GraphEdge | string)[]): Graph => ({
  nodes,
  edges: edges.map((each) => (typeof each === 'string' ? edge(each) : each)),
});

export const compiled = (nodes: readonly GraphNode[], edges: readonly (GraphEdge | string)[]): CompiledGraph =>
  compileGraph(graph(nodes, edges), sampleUsable);
