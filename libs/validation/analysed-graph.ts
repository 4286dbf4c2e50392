import {
  analyseScopes,
  collectErrors,
  fieldKinds,
  parseCondition,
  parseTemplate,
  ExpressionError,
  type Condition,
  type Expression,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphNote,
  type NodeTypes,
  type Scopes,
} from '#engine';
import { portsOf, type JsonValue, type NodeDefinition } from '#plugin-sdk';
import type { ValidationIssue } from './issue.js';
import type { ValidationLimits } from './limits.js';
import type { ServerFacts } from './server-facts.js';

/** A graph with all that several rules need to know of it. */
export interface AnalysedGraph {
  readonly graph: Graph;
  readonly types: NodeTypes;
  readonly limits: ValidationLimits;
  readonly nodes: readonly AnalysedNode[];
  readonly edges: readonly AnalysedEdge[];
  /** Of nodes with the same id the first. */
  readonly byId: ReadonlyMap<string, AnalysedNode>;
  readonly outgoing: ReadonlyMap<string, readonly AnalysedEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly AnalysedEdge[]>;
  readonly scopes: Scopes;
  /** Every expression in configs and on edges. */
  readonly expressions: readonly PlacedExpression[];
  readonly expressionErrors: readonly PlacedError[];
  readonly request: GraphRequest;
}

/** What was sent besides nodes and edges, and by whom. */
export interface GraphRequest {
  readonly aliases: readonly GraphNote[];
  /** Name, description, tags, metadata: whatever else is kept with the graph. */
  readonly beside: { readonly [key: string]: JsonValue };
  /** Hosts that may be called besides public ones; null: nobody said, so none is judged. */
  readonly egressAllow: readonly string[] | null;
  readonly disabledTypes: ReadonlySet<string>;
  /** Null: nobody said, so nothing that depends on the server is judged. */
  readonly facts: ServerFacts | null;
  /** Null: every tool that there is. */
  readonly allowedTools: ReadonlySet<string> | null;
  /** Null: every model that there is. */
  readonly allowedModels: readonly string[] | null;
  readonly mayUseSecrets: boolean;
  /** Null: nobody said which there are. */
  readonly secrets: ReadonlySet<string> | null;
  /** The definition whose version this is; null where it is none yet. */
  readonly definitionId: string | null;
}

export interface AnalysedNode {
  readonly node: GraphNode;
  readonly path: string;
  /** Absent when nobody provides the type. */
  readonly definition: NodeDefinition | undefined;
  /** `error` is not among them: every node has it. */
  readonly ports: readonly string[];
  /** Places in the config that hold an expression: alone in its string, as a part of a text, or as a condition. */
  readonly expressionAt: ReadonlyMap<string, 'value' | 'text' | 'condition'>;
}

export interface AnalysedEdge {
  readonly edge: GraphEdge;
  readonly path: string;
  /** Back to the scope that it came from: no part of the scope's own join. */
  readonly back: boolean;
}

interface Place {
  /** As findings name it. */
  readonly at: Pick<ValidationIssue, 'path'> & { readonly node_id?: string; readonly edge_id?: string };
  /** The node whose config it stands in, or that its edge leaves. */
  readonly node: string;
  /** The edge whose condition it is. */
  readonly edge: GraphEdge | null;
  /** On an edge out of the body port of `node`: asked in each iteration, not where the scope itself stands. */
  readonly inOwnBody: boolean;
}

export interface PlacedExpression extends Place {
  readonly expression: Expression;
  readonly condition: boolean;
}

export interface PlacedError extends Place {
  readonly error: ExpressionError;
}

/** Linear in the graph but for bodies, which are looked at once for each scope around them. */
export function analyseGraph(
  graph: Graph,
  types: NodeTypes,
  limits: ValidationLimits,
  request: GraphRequest,
): AnalysedGraph {
  const expressions: PlacedExpression[] = [];
  const expressionErrors: PlacedError[] = [];
  const nodes = graph.nodes.map((node, index) => analyseNode(node, `/nodes/${index}`));
  const byId = new Map(nodes.toReversed().map((node) => [node.node.id, node]));
  const edges = graph.edges.map((edge, index) => analyseEdge(edge, `/edges/${index}`));
  return {
    graph,
    types,
    limits,
    nodes,
    edges,
    byId,
    outgoing: Map.groupBy(edges, ({ edge }) => edge.source),
    incoming: Map.groupBy(edges, ({ edge }) => edge.target),
    scopes: analyseScopes(graph, types),
    expressions,
    expressionErrors,
    request,
  };

  function analyseNode(node: GraphNode, path: string): AnalysedNode {
    const definition = types.find(node.type, node.type_version);
    const { config } = node.data;
    if (!definition) return { node, path, definition, ports: [], expressionAt: new Map() };
    const fields = fieldKinds(definition.descriptor.configSchema);
    const at = (pointer: string): Place => ({
      at: { path: `${path}/data/config${pointer}`, node_id: node.id },
      node: node.id,
      edge: null,
      inOwnBody: false,
    });
    const errors = collectErrors(config, fields);
    const broken = new Set(errors.map(({ pointer }) => pointer));
    const readable = { ...fields, literal: (pointer: string) => broken.has(pointer) || fields.literal(pointer) };
    const found = parseTemplate(config, readable).expressions;
    expressionErrors.push(...errors.map(({ pointer, error }) => ({ ...at(pointer), error })));
    expressions.push(
      ...found.map(({ pointer, expression, kind }) => ({
        ...at(pointer),
        expression,
        condition: kind === 'condition',
      })),
    );
    const kinds = [
      ...[...broken].map((pointer) => [pointer, 'value'] as const),
      ...found.map(({ pointer, kind }) => [pointer, kind] as const),
    ];
    return { node, path, definition, ports: portsOf(definition.descriptor, config), expressionAt: new Map(kinds) };
  }

  function analyseEdge(edge: GraphEdge, path: string): AnalysedEdge {
    const bodyPort = byId.get(edge.source)?.definition?.descriptor.bodyPort;
    const place: Place = {
      at: { path: `${path}/data/condition`, edge_id: edge.id },
      node: edge.source,
      edge,
      inOwnBody: edge.source_handle === bodyPort,
    };
    const { condition } = edge.data;
    if (typeof condition === 'string') {
      const parsed = conditionOf(condition);
      if (parsed instanceof ExpressionError) expressionErrors.push({ ...place, error: parsed });
      else expressions.push({ ...place, expression: parsed, condition: true });
    }
    const back = edge.target_handle === 'back' && byId.get(edge.target)?.definition?.descriptor.bodyPort !== undefined;
    return { edge, path, back };
  }
}

function conditionOf(source: string): Condition | ExpressionError {
  try {
    return parseCondition(source);
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}
