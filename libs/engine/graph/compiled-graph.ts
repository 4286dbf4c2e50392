import { effectsOf, isIdempotent, portsOf } from '#plugin-sdk';
import type { Effects, JsonObject, JsonValue, NodeDefinition, NodeKind, TaskDefinition } from '#plugin-sdk';
import { collectErrors, parseCondition, parseTemplate, type Reference, type Template } from '../expression/index.js';
import { retryPolicy } from '../execution/retry-policy.js';
import type { Graph, GraphNode, OnError, OnUncertain, RetryPolicy } from './graph.js';
import { analyseScopes } from './scopes.js';

/** A node type as the engine uses it: what it does, and how a resolved config is made ready for it (defaults, checks). */
export interface UsableNode {
  readonly definition: NodeDefinition;
  /** Throws a `NodeFailure` when the resolved config is not what the type asks for. */
  prepare(resolved: JsonObject): JsonObject;
}

/** A graph made ready to run: indexed, its expressions parsed, its policies filled in. Immutable; shared by all its runs. */
export interface CompiledGraph {
  readonly entry: string;
  readonly nodes: ReadonlyMap<string, CompiledNode>;
  /** Node types of which steps may be called, by name. */
  readonly callable: ReadonlyMap<string, UsableNode>;
}

export interface CompiledNode {
  readonly id: string;
  readonly type: string;
  readonly usable: UsableNode;
  readonly definition: NodeDefinition;
  /** `caller`: a task that with this config calls steps and is not executed itself. */
  readonly kind: NodeKind | 'caller';
  /** The innermost scope in whose body it lies. */
  readonly scope: string | null;
  readonly ports: readonly string[];
  readonly effects: Effects;
  readonly retry: RetryPolicy;
  readonly onError: OnError;
  readonly onUncertain: OnUncertain;
  readonly timeoutMs: number | null;
  readonly enabled: boolean;
  /** The node that undoes it. */
  readonly compensate: string | null;
  /** Approvals without which it may not run. */
  readonly guardedBy: readonly string[];
  readonly template: Template;
  /** Parts of the config that are conditions, asked again before each iteration of a scope. */
  readonly names: NeededNames;
  /** Secrets that its expressions and its fields name. */
  readonly secrets: readonly string[];
  /** In the order of the graph; edges into `back` are not among them. */
  readonly incoming: readonly CompiledEdge[];
  readonly outgoing: ReadonlyMap<string, readonly CompiledEdge[]>;
  /** All edges out of it at its own level: of a scope, not those into its body. */
  readonly levelEdges: readonly CompiledEdge[];
  /** Of a scope: the edges out of its body that come back to it. */
  readonly returning: readonly CompiledEdge[];
  readonly join: { readonly mode: 'all' | 'any' | 'n'; readonly n: number };
  /** Configured to give an output of its own (a terminal node's `output`). */
  readonly hasOwnOutput: boolean;
}

export interface CompiledEdge {
  readonly id: string;
  readonly source: string;
  readonly port: string;
  readonly target: string;
  readonly back: boolean;
  readonly isDefault: boolean;
  readonly condition: ReturnType<typeof parseCondition> | null;
  readonly names: NeededNames;
}

/** Which outputs an expression can read, so that only those are gathered. `all`: it names them at run time. */
export type NeededNames = readonly string[] | 'all';

const all = { mode: 'all', n: 0 } as const;

/** Throws plain errors: a graph that reaches this has passed the validator. */
export function compileGraph(
  graph: Graph,
  find: (type: string, version?: number) => UsableNode | undefined,
): CompiledGraph {
  const usable = new Map(graph.nodes.map((node) => [node.id, usableFor(node, find)]));
  const scopes = analyseScopes(graph, { find: (type, version) => find(type, version)?.definition });
  if (scopes.entry === null) throw new Error('The graph has no entry.');

  const edges = graph.edges.map(compileEdge);
  const nodes = new Map(
    graph.nodes.map((node) => [
      node.id,
      {
        ...compileNode(node, usable.get(node.id)!, scopes.scopeOf.get(node.id) ?? null, edges),
        guardedBy: graph.nodes.filter(({ data }) => data.config['guards'] === node.id).map(({ id }) => id),
      },
    ]),
  );
  return { entry: scopes.entry, nodes, callable: callableFrom(graph, usable, find) };
}

/** The node types that the callers of a graph call steps of. */
export const calledTypes = (definition: NodeDefinition, config: JsonObject): readonly string[] =>
  (definition as Partial<TaskDefinition>).callsSteps?.(config) ?? [];

function callableFrom(
  graph: Graph,
  usable: ReadonlyMap<string, UsableNode>,
  find: (type: string) => UsableNode | undefined,
): ReadonlyMap<string, UsableNode> {
  const types = graph.nodes.flatMap(({ id, data }) => calledTypes(usable.get(id)!.definition, data.config));
  return new Map(
    [...new Set(types)].map((type) => {
      const found = find(type);
      if (!found) throw new Error(`Steps of the type "${type}" are called, which no plugin provides.`);
      return [type, found];
    }),
  );
}

function usableFor(node: GraphNode, find: (type: string, version?: number) => UsableNode | undefined): UsableNode {
  const usable = find(node.type, node.type_version);
  if (!usable) throw new Error(`Node "${node.id}" has the type "${node.type}", which no plugin provides.`);
  return usable;
}

function compileEdge(edge: Graph['edges'][number]): CompiledEdge {
  const condition = edge.data.condition ? parseCondition(edge.data.condition) : null;
  return {
    id: edge.id,
    source: edge.source,
    port: edge.source_handle,
    target: edge.target,
    back: edge.target_handle === 'back',
    isDefault: edge.data.default ?? false,
    condition,
    names: neededNames(condition ? condition.references : []),
  };
}

function compileNode(
  node: GraphNode,
  usable: UsableNode,
  scope: string | null,
  edges: readonly CompiledEdge[],
): CompiledNode {
  const { definition } = usable;
  const { descriptor } = definition;
  const { config, retry, on_error, on_uncertain, timeout_ms, enabled, compensate } = node.data;
  const effects = effectsOf(descriptor, config, node.data.effects);
  const template = parseTemplate(config, fieldKinds(descriptor.configSchema));
  return {
    id: node.id,
    type: node.type,
    usable,
    definition,
    kind: calledTypes(definition, config).length > 0 ? 'caller' : descriptor.kind,
    scope,
    ports: portsOf(descriptor, config),
    effects,
    retry: retryPolicy(retry, effects),
    onError: on_error ?? 'fail',
    onUncertain: on_uncertain ?? (effects === 'read' || isIdempotent(descriptor, config) ? 'retry' : 'ask'),
    timeoutMs: timeout_ms ?? null,
    enabled: enabled ?? true,
    compensate: compensate ?? null,
    guardedBy: [],
    template,
    names: neededNames(template.expressions.flatMap(({ expression }) => expression.references)),
    secrets: secretsIn(template, config, descriptor.configSchema),
    incoming: edges.filter((edge) => edge.target === node.id && !edge.back),
    outgoing: Map.groupBy(
      edges.filter((edge) => edge.source === node.id),
      (edge) => edge.port,
    ),
    levelEdges: edges.filter((edge) => edge.source === node.id && edge.port !== descriptor.bodyPort),
    returning: edges.filter((edge) => edge.target === node.id && edge.back),
    join:
      definition.descriptor.kind === 'join'
        ? (definition as Extract<NodeDefinition, { join: unknown }>).join(config)
        : all,
    hasOwnOutput: 'output' in config,
  };
}

/** The secrets that a config names. One that holds what does not parse names none: that is a finding of its own. */
export function secretsNamed(config: JsonObject, schema: JsonObject): readonly string[] {
  const kinds = fieldKinds(schema);
  const broken = new Set(collectErrors(config, kinds).map(({ pointer }) => pointer));
  const literal = (pointer: string) => broken.has(pointer) || kinds.literal(pointer);
  return secretsIn(parseTemplate(config, { ...kinds, literal }), config, schema);
}

/** By `secrets.<name>` in an expression, or literally in a field that names one. */
function secretsIn(template: Template, config: JsonValue, schema: JsonObject): readonly string[] {
  const read = template.expressions
    .flatMap(({ expression }) => expression.references)
    .flatMap(({ root, path }) => (root === 'secrets' ? path.slice(0, 1) : []));
  return [...new Set([...read, ...namedIn(config, schema)])];
}

function namedIn(value: JsonValue | undefined, schema: JsonObject): readonly string[] {
  if (schema['x-widget'] === 'secret') return typeof value === 'string' ? [value] : [];
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>);
  if (typeof value !== 'object' || value === null) return [];
  return properties.flatMap(([name, inner]) => namedIn((value as JsonObject)[name], inner));
}

function neededNames(references: readonly Reference[]): NeededNames {
  const ofNodes = references.filter(({ root }) => root === 'nodes');
  if (ofNodes.some(({ path }) => path.length === 0)) return 'all';
  return [...new Set(ofNodes.map(({ path }) => path[0]!))];
}

/** Which places of a config are literal and which are conditions, as the type's schema marks them. */
export function fieldKinds(schema: JsonObject): {
  literal: (pointer: string) => boolean;
  condition: (pointer: string) => boolean;
  /** Where `secrets` may be named. */
  secrets: (pointer: string) => boolean;
} {
  const marked = (mark: string, value: JsonValue) => (pointer: string) => schemaPathHas(schema, pointer, mark, value);
  return {
    literal: marked('x-expression', false),
    condition: marked('x-condition', true),
    secrets: marked('x-secrets', true),
  };
}

function schemaPathHas(schema: JsonObject, pointer: string, mark: string, value: JsonValue): boolean {
  let place: JsonObject | undefined = schema;
  for (const part of pointer.split('/').slice(1)) {
    if (place === undefined) return false;
    if (place[mark] === value) return true;
    const properties = place['properties'] as Record<string, JsonObject> | undefined;
    const items = place['items'] as JsonObject | undefined;
    place = properties?.[unescapePointer(part)] ?? (/^\d+$/.test(part) ? items : undefined);
  }
  return place?.[mark] === value;
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
