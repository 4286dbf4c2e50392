import type { JsonObject, TaskDefinition } from '#plugin-sdk';
import type { Graph, GraphEdge, GraphNode, NodeTypes } from './graph.js';
import type { GraphNote } from './read-graph-shape.js';

/**
 * Old graphs let a model use tools by a ring: model → tool → model. Today a model with tools is one node.
 *
 * 1. A ring is a node that calls tools by itself where its config has any, and a node that only calls tools, between which
 *    all edges of the second run.
 * 2. The first gets the tools: those that the second names, else all that there are. The second goes, with its edges.
 * 3. Conditions about tool calls on the other edges out of the first have nothing left to ask, and go too.
 */
export function withoutToolRings(
  graph: Graph,
  types: NodeTypes,
): { readonly graph: Graph; readonly notes: GraphNote[] } {
  const rings = graph.nodes.flatMap((tool, at) => {
    const model = isTool(tool, types) ? modelAround(tool, graph, types) : undefined;
    return model ? [{ model, tool, at }] : [];
  });
  if (rings.length === 0) return { graph, notes: [] };
  const gone = new Set(rings.map(({ tool }) => tool.id));
  const models = new Map(rings.map(({ model, tool }) => [model.id, tool]));
  return {
    graph: {
      nodes: graph.nodes.filter(({ id }) => !gone.has(id)).map((node) => withTools(node, models.get(node.id))),
      edges: graph.edges
        .filter(({ source, target }) => !gone.has(source) && !gone.has(target))
        .map((edge) => (models.has(edge.source) ? withoutToolCondition(edge) : edge)),
    },
    notes: rings.map(({ model, tool, at }) => ({
      path: `/nodes/${at}`,
      node_id: tool.id,
      message: `The ring of "${model.id}" and "${tool.id}" is read as "${model.id}" with tools. Write tools there.`,
    })),
  };
}

/** Rule 1. */
function modelAround(tool: GraphNode, { nodes, edges }: Graph, types: NodeTypes): GraphNode | undefined {
  const around = edges.flatMap(({ source, target }) =>
    source === tool.id ? [target] : target === tool.id ? [source] : [],
  );
  const [id] = around;
  const leaves = edges.some(({ source }) => source === tool.id);
  const enters = edges.some(({ target }) => target === tool.id);
  if (!leaves || !enters || around.some((other) => other !== id)) return undefined;
  return nodes.find((node) => node.id === id && callsTools(node, types));
}

const properties = (node: GraphNode, types: NodeTypes): JsonObject =>
  (types.find(node.type, node.type_version)?.descriptor.configSchema['properties'] ?? {}) as JsonObject;

const isTool = (node: GraphNode, types: NodeTypes): boolean => 'tool_name' in properties(node, types);

const callsTools = (node: GraphNode, types: NodeTypes): boolean =>
  'tools' in properties(node, types) &&
  (types.find(node.type, node.type_version) as Partial<TaskDefinition> | undefined)?.callsSteps !== undefined;

/** Rule 2. */
function withTools(node: GraphNode, tool: GraphNode | undefined): GraphNode {
  if (!tool || node.data.config['tools'] !== undefined) return node;
  const { tool_name: name } = tool.data.config;
  return {
    ...node,
    data: { ...node.data, config: { ...node.data.config, tools: [typeof name === 'string' ? name : '*'] } },
  };
}

/** Rule 3. */
function withoutToolCondition(edge: GraphEdge): GraphEdge {
  if (!edge.data.condition?.includes('tool_calls')) return edge;
  const { condition: _, ...data } = edge.data;
  return { ...edge, data };
}
