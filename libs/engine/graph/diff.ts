import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { Graph, GraphEdge, GraphNode } from './graph.js';

/** One field that is not what it was. `path`: a JSON pointer into its node or edge. A side that has no such field is left out. */
export interface FieldChange {
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

export interface ChangedPart {
  readonly id: string;
  readonly changes: readonly FieldChange[];
}

export interface PartsDiff<Part> {
  readonly added: readonly Part[];
  readonly removed: readonly Part[];
  readonly changed: readonly ChangedPart[];
}

export interface GraphDiff {
  /** Nothing differs, the layout included. */
  readonly identical: boolean;
  readonly nodes: PartsDiff<GraphNode>;
  readonly edges: PartsDiff<GraphEdge>;
  /** What only shows: positions and labels. */
  readonly layout: { readonly nodes: readonly ChangedPart[]; readonly edges: readonly ChangedPart[] };
}

/**
 * What differs between two canonical graphs, in the order of the later one.
 *
 * 1. Nodes are the same by their id; so are edges, and those that are left by what they join.
 * 2. Objects are compared member by member, lists place by place; what is deeper is named by its own pointer.
 * 3. Positions and labels change nothing of what a run does: they are told apart.
 */
export function diffGraphs(before: Graph, after: Graph): GraphDiff {
  const nodes = compared(before.nodes, after.nodes, pairsById(before.nodes, after.nodes));
  const edges = compared(before.edges, after.edges, pairsOfEdges(before.edges, after.edges));
  const layout = { nodes: nodes.layout, edges: edges.layout };
  const parts = [nodes.parts, edges.parts].flatMap(({ added, removed, changed }) => [added, removed, changed]);
  const identical = [...parts, layout.nodes, layout.edges].every(({ length }) => length === 0);
  return { identical, nodes: nodes.parts, edges: edges.parts, layout };
}

/** What differs between two values: rule 2. */
export function diffValues(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): FieldChange[] {
  if (before === after) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...Object.keys(before), ...Object.keys(after).filter((key) => !Object.hasOwn(before, key))];
    return keys.flatMap((key) => diffValues(own(before, key), own(after, key), `${path}/${escaped(key)}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Array.from({ length: Math.max(before.length, after.length) }, (_, at) => at);
    return longest.flatMap((at) => diffValues(before[at] as JsonValue, after[at] as JsonValue, `${path}/${at}`));
  }
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

type Part = GraphNode | GraphEdge;
type Pairs<P> = ReadonlyMap<P, P>;

function compared<P extends Part>(before: readonly P[], after: readonly P[], pairs: Pairs<P>) {
  const matched = new Set(pairs.values());
  const changes = [...pairs].map(([later, earlier]) => ({
    id: later.id,
    all: diffValues(earlier as unknown as JsonObject, later as unknown as JsonObject),
  }));
  const only = (wanted: boolean): ChangedPart[] =>
    changes
      .map(({ id, all }) => ({ id, changes: all.filter(({ path }) => isLayout(path) === wanted) }))
      .filter((part) => part.changes.length > 0);
  const parts: PartsDiff<P> = {
    added: after.filter((part) => !pairs.has(part)),
    removed: before.filter((part) => !matched.has(part)),
    changed: only(false),
  };
  return { parts, layout: only(true) };
}

/** Each later part with the earlier one that it was. */
function pairsById<P extends Part>(before: readonly P[], after: readonly P[]): Map<P, P> {
  const earlier = new Map(before.map((part) => [part.id, part]));
  return new Map(after.flatMap((part) => (earlier.has(part.id) ? [[part, earlier.get(part.id)!] as const] : [])));
}

function pairsOfEdges(before: readonly GraphEdge[], after: readonly GraphEdge[]): Map<GraphEdge, GraphEdge> {
  const pairs = pairsById(before, after);
  const taken = new Set(pairs.values());
  const left = new Map(before.filter((edge) => !taken.has(edge)).map((edge) => [endsOf(edge), edge]));
  for (const edge of after) {
    const same = pairs.has(edge) ? undefined : left.get(endsOf(edge));
    if (!same) continue;
    pairs.set(edge, same);
    left.delete(endsOf(edge));
  }
  return new Map(after.filter((edge) => pairs.has(edge)).map((edge) => [edge, pairs.get(edge)!]));
}

const endsOf = ({ source, source_handle, target, target_handle }: GraphEdge): string =>
  JSON.stringify([source, source_handle, target, target_handle]);

const isLayout = (path: string): boolean => /^\/position(\/|$)|^\/data\/label$/.test(path);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: JsonObject, key: string): JsonValue | undefined =>
  Object.hasOwn(value, key) ? value[key] : undefined;

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
