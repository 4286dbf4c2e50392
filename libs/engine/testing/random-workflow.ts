import fc from 'fast-check';
import type { JsonObject } from '#plugin-sdk';
import type { GraphEdge, GraphNode } from '../graph/graph.js';
import { edge, node } from './graph-builder.js';

/** A level of a random workflow: nodes in an order in which each depends on earlier ones only. */
export interface RandomLevel {
  readonly nodes: readonly RandomNode[];
}

export interface RandomNode {
  readonly id: string;
  readonly type: 'pure' | 'choose' | 'merge' | 'map';
  /** Where it comes from, in this level; none: it is where the level is entered. */
  readonly from: readonly { readonly source: string; readonly port: string }[];
  readonly join: 'all' | 'any' | 'n';
  readonly n: number;
  readonly body: RandomLevel | null;
  readonly items: number;
  /** In a body: what it comes to is brought back. */
  readonly returns: boolean;
}

const portsOf = {
  pure: ['out', 'error'],
  choose: ['true', 'false', 'error'],
  merge: ['out', 'error'],
  map: ['done'],
} as const;

/** Levels inside levels: `depth` scopes at the most. */
export const randomLevel = (depth: number, prefix = 'n'): fc.Arbitrary<RandomLevel> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom('pure', 'pure', 'choose', 'merge', depth > 0 ? 'map' : 'pure') as fc.Arbitrary<
          RandomNode['type']
        >,
        from: fc.array(fc.tuple(fc.nat(50), fc.nat(2)), { minLength: 1, maxLength: 3 }),
        join: fc.constantFrom('all', 'any', 'n') as fc.Arbitrary<RandomNode['join']>,
        n: fc.integer({ min: 1, max: 3 }),
        items: fc.nat(3),
        returns: fc.boolean(),
      }),
      { minLength: 1, maxLength: 7 },
    )
    .chain((drafts) =>
      fc
        .tuple(
          ...drafts.map((draft, at) =>
            draft.type === 'map' ? randomLevel(depth - 1, `${prefix}${at}x`) : fc.constant(null),
          ),
        )
        .map((bodies) => {
          const nodes: RandomNode[] = [];
          drafts.forEach((draft, at) => {
            const from = at === 0 ? [] : draft.from.map(([source, port]) => sourceAmong(nodes, source, port));
            nodes.push({ ...draft, id: `${prefix}${at}`, from: distinct(from), body: bodies[at] ?? null });
          });
          return { nodes };
        }),
    );

function sourceAmong(nodes: readonly RandomNode[], at: number, port: number) {
  const { id, type } = nodes[at % nodes.length]!;
  const ports = portsOf[type];
  return { source: id, port: ports[port % ports.length]! };
}

const distinct = <T extends { source: string; port: string }>(all: readonly T[]): T[] => [
  ...new Map(all.map((each) => [`${each.source}:${each.port}`, each])).values(),
];

/** The workflow as a graph: every failure is caught, so that no order of completion decides what else is cancelled. */
export function asGraph(root: RandomLevel): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const nodes: GraphNode[] = [node('start', 'start')];
  const edges: GraphEdge[] = [];
  lay(root, 'start', 'out', null, nodes, edges);
  return { nodes, edges };
}

function lay(
  level: RandomLevel,
  entry: string,
  port: string,
  scope: string | null,
  nodes: GraphNode[],
  edges: GraphEdge[],
): void {
  for (const each of level.nodes) {
    nodes.push(node(each.id, each.type, { config: configOf(each) }));
    if (each.from.length === 0) edges.push(edge(`${entry}:${port} -> ${each.id}`));
    for (const { source, port: out } of each.from) edges.push(edge(`${source}:${out} -> ${each.id}`));
    if (scope !== null && each.returns) edges.push(edge(`${each.id}:${portsOf[each.type][0]} -> ${scope}:back`));
    if (each.type !== 'map') {
      nodes.push(node(`${each.id}_caught`, 'handler'));
      edges.push(edge(`${each.id}:error -> ${each.id}_caught`));
    }
    if (each.body) lay(each.body, each.id, 'item', each.id, nodes, edges);
  }
}

const configOf = ({ type, join, n, items }: RandomNode): JsonObject =>
  type === 'merge'
    ? { join, n }
    : type === 'map'
      ? { items: Array.from({ length: items }, (_, at) => at), concurrency: 2 }
      : {};
