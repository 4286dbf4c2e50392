import type { Graph, GraphEdge, NodeTypes } from './graph.js';

/** How a graph falls into levels: the graph itself, and the body of each scope. */
export interface Scopes {
  /** Where an execution begins; null where that is not one node. */
  readonly entry: string | null;
  /** All that could be the entry. */
  readonly entries: readonly string[];
  /** Scope node → every node of its body, those of inner bodies included. */
  readonly bodies: ReadonlyMap<string, ReadonlySet<string>>;
  /** Node → the innermost scope whose body it is in; a node that is not here is on the level of the graph. */
  readonly scopeOf: ReadonlyMap<string, string>;
  /** Edges that cross the border of a body other than by its body port or into `back`. */
  readonly crossings: readonly GraphEdge[];
}

/**
 * 1. The body of a scope is what is reachable from its body port without passing the scope node itself.
 * 2. It is entered only there, and left only by edges into the scope's handle `back`: any other edge across is a crossing.
 * 3. The entry is the start node, else a trigger, else the only node without in-edges (those named by `compensate` aside).
 */
export function analyseScopes(graph: Graph, types: Pick<NodeTypes, 'find'>): Scopes {
  const outgoing = Map.groupBy(graph.edges, (edge) => edge.source);
  const bodies = new Map<string, ReadonlySet<string>>();
  for (const node of graph.nodes) {
    const bodyPort = types.find(node.type, node.type_version)?.descriptor.bodyPort;
    if (bodyPort !== undefined) bodies.set(node.id, bodyOf(node.id, bodyPort, outgoing));
  }
  const scopeOf = innermost(bodies);
  const entries = entriesOf(graph, types);
  const bodyPort = bodyPortOf(graph, types);
  return {
    entry: entries.length === 1 ? entries[0]! : null,
    entries,
    bodies,
    scopeOf,
    crossings: graph.edges.filter((edge) => crosses(edge, scopeOf, bodyPort)),
  };
}

/** Rule 1. */
function bodyOf(
  scope: string,
  bodyPort: string,
  outgoing: ReadonlyMap<string, readonly GraphEdge[]>,
): ReadonlySet<string> {
  const body = new Set<string>();
  const from = (outgoing.get(scope) ?? []).filter((edge) => edge.source_handle === bodyPort).map((edge) => edge.target);
  for (const id of from) {
    if (id === scope || body.has(id)) continue;
    body.add(id);
    for (const edge of outgoing.get(id) ?? []) from.push(edge.target);
  }
  return body;
}

function innermost(bodies: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, string> {
  const scopeOf = new Map<string, string>();
  const widestFirst = [...bodies].sort(([, left], [, right]) => right.size - left.size);
  for (const [scope, body] of widestFirst) for (const id of body) scopeOf.set(id, scope);
  return scopeOf;
}

function bodyPortOf(graph: Graph, types: Pick<NodeTypes, 'find'>): (id: string) => string | undefined {
  const ports = new Map(
    graph.nodes.map((node) => [node.id, types.find(node.type, node.type_version)?.descriptor.bodyPort]),
  );
  return (id) => ports.get(id);
}

/** Rule 2. */
function crosses(
  edge: GraphEdge,
  scopeOf: ReadonlyMap<string, string>,
  bodyPort: (id: string) => string | undefined,
): boolean {
  const inside = scopeOf.get(edge.source);
  const target = scopeOf.get(edge.target);
  if (edge.target_handle === 'back' && bodyPort(edge.target) !== undefined) {
    return inside !== edge.target && !(edge.source === edge.target && edge.source_handle === bodyPort(edge.source));
  }
  if (edge.source_handle === bodyPort(edge.source)) return target !== edge.source;
  return inside !== target;
}

/** Rule 3. */
function entriesOf(graph: Graph, types: Pick<NodeTypes, 'find'>): readonly string[] {
  for (const kind of ['start', 'trigger'] as const) {
    const declared = graph.nodes.filter((node) => types.find(node.type, node.type_version)?.descriptor.entry === kind);
    if (declared.length > 0) return declared.map((node) => node.id);
  }
  const targets = new Set(graph.edges.map((edge) => edge.target));
  const compensating = new Set(graph.nodes.map((node) => node.data.compensate));
  return graph.nodes.filter((node) => !targets.has(node.id) && !compensating.has(node.id)).map((node) => node.id);
}
