import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { Graph, GraphEdge, GraphNode } from '../graph/graph.js';

/** The options of a chat request that its graph is made of. What is left out or null is the server's to choose. */
export interface ChatOptions {
  readonly provider?: string | null;
  readonly model?: string | null;
  /** 0–2. */
  readonly temperature?: number | null;
  readonly max_tokens?: number | null;
  readonly system_message?: string | null;
  readonly enable_memory?: boolean | null;
  /** Messages before this one that the model is told; default 10. */
  readonly memory_window?: number | null;
  readonly enable_retrieval?: boolean | null;
  /** Default 5. */
  readonly max_documents?: number | null;
  readonly enable_tools?: boolean | null;
  /** Default 10. */
  readonly max_tool_calls?: number | null;
  /** Null: every tool that the caller may use. */
  readonly allowed_tools?: readonly string[] | null;
}

/**
 * The graph that answers one chat message: start → [memory] → [retrieval] → model → end.
 *
 * 1. The nodes' ids are the same for every request, so that clients and reports can name them.
 * 2. An option stands in the graph only where it was given: the same options make the same graph, with the same digest.
 * 3. What the caller wrote is text. Braces in it are no expressions.
 */
export function chatGraph(options: ChatOptions): Graph {
  const nodes: GraphNode[] = [
    node('start', 'start', {}),
    ...(options.enable_memory ? [node('memory', 'memory', memoryConfig(options))] : []),
    ...(options.enable_retrieval ? [node('retrieval', 'retrieval', retrievalConfig(options))] : []),
    node('model', 'model', modelConfig(options)),
    node('end', 'end', {}),
  ];
  const edges = nodes.slice(1).map((target, index) => edge(nodes[index]!.id, target.id));
  return { nodes, edges };
}

const memoryConfig = ({ memory_window }: ChatOptions): JsonObject => given({ operation: 'load', memory_window });

const retrievalConfig = ({ max_documents }: ChatOptions): JsonObject =>
  given({ query: '{{ input.message }}', max_documents });

const modelConfig = (options: ChatOptions): JsonObject => {
  const { provider, model, temperature, max_tokens, system_message, max_tool_calls, allowed_tools } = options;
  return given({
    provider: literal(provider),
    model: literal(model),
    prompt: '{{ input.message }}',
    system_message: literal(system_message),
    temperature,
    max_tokens,
    ...(options.enable_memory && { use_memory: '{{ nodes.memory.output }}' }),
    ...(options.enable_retrieval && { use_context: '{{ nodes.retrieval.output }}' }),
    ...(options.enable_tools && { tools: allowed_tools?.map((name) => literal(name)!) ?? ['*'], max_tool_calls }),
  });
};

/** Rule 2. */
const given = (config: Readonly<Record<string, JsonValue | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined && value !== null)) as JsonObject;

/** Rule 3. */
const literal = (text: string | null | undefined): string | undefined => text?.replaceAll('{{', '{{{{');

const node = (id: string, type: string, config: JsonObject): GraphNode => ({ id, type, data: { config } });

const edge = (source: string, target: string): GraphEdge => ({
  id: `${source}-out-${target}`,
  source,
  target,
  source_handle: 'out',
  target_handle: 'in',
  data: {},
});
