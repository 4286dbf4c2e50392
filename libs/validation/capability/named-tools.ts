import type { AnalysedNode } from '../analysed-graph.js';
import { isExpression } from './chosen-model.js';

export interface NamedTool {
  readonly name: string;
  readonly path: string;
  readonly node_id: string;
}

/** The tools that a node names literally: the one it calls, or those that its model may ask for. `*` names none. */
export function namedTools({ node, path, definition }: AnalysedNode): readonly NamedTool[] {
  const properties = (definition?.descriptor.configSchema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  const { tool_name: one, tools: many } = node.data.config;
  const named = [
    ...('tool_name' in properties ? [[one, 'tool_name']] : []),
    ...('tools' in properties && Array.isArray(many) ? many.map((name, at) => [name, `tools/${at}`]) : []),
  ];
  return named.flatMap(([name, field]) =>
    typeof name === 'string' && !isExpression(name) && name !== '*'
      ? [{ name, path: `${path}/data/config/${String(field)}`, node_id: node.id }]
      : [],
  );
}
