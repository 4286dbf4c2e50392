import { effectsOf } from '#plugin-sdk';
import type { AnalysedGraph, AnalysedNode, PlacedExpression } from '../analysed-graph.js';
import { sendsSecret } from './sends-secret.js';

/** What data may be: somebody else's words (`foreign`), or what only a secret opens (`guarded`); both, or neither. */
export const NEITHER = 0;
export const FOREIGN = 1;
export const GUARDED = 2;
const BOTH = FOREIGN | GUARDED;

/** The origins of all that some expressions read. */
export type OriginsOf = (expressions: readonly PlacedExpression[]) => number;

/**
 * Where data come from, followed through the graph. A node is looked at again only when what it reads has become more,
 * at most twice: the work grows with edges and expressions.
 *
 * 1. What begins an execution is foreign, and so is its input.
 * 2. A step that looks outside gives new data: foreign ones; with a secret guarded ones, which its owner answers for.
 * 3. What looks outside with guarded data in hand may give them on, as a model does with what it is told.
 * 4. Every other step gives on what arrives and what its config reads.
 * 5. Variables hold whatever any node puts into one.
 */
export function dataOrigins(graph: AnalysedGraph): OriginsOf {
  const { byId, expressions, nodes, scopes } = graph;
  const own = Map.groupBy(
    expressions.filter(({ edge }) => edge === null),
    ({ node }) => node,
  );
  const given = new Map<string, number>();
  const arrived = new Map<string, number>();
  let variables = NEITHER;
  const readers = readersOf(graph, own);
  const open = new Set(nodes.map(({ node }) => node.id));
  for (const id of open) {
    open.delete(id); // may be added again, behind all others
    settle(byId.get(id)!);
  }
  return read;

  function settle(node: AnalysedNode): void {
    const { id, data } = node.node;
    const before = given.get(id) ?? NEITHER;
    const now = before | outputOf(node, (arrived.get(id) ?? NEITHER) | read(own.get(id) ?? []));
    if (now === before) return;
    given.set(id, now);
    if (typeof data.config['variable_name'] === 'string' && (variables | now) !== variables) {
      variables |= now; // rule 5
      for (const reader of readers.ofVariables) open.add(reader);
    }
    for (const reader of readers.ofNode.get(id) ?? []) open.add(reader);
    for (const { edge } of graph.outgoing.get(id) ?? []) {
      arrived.set(edge.target, (arrived.get(edge.target) ?? NEITHER) | now);
      if (byId.has(edge.target)) open.add(edge.target);
    }
  }

  function read(placed: readonly PlacedExpression[]): number {
    return placed.reduce((sum, { expression, node }) => {
      const each = expression.references.map(({ root, path: [id] }) => originOf(root, id, node));
      return each.reduce((all, one) => all | one, sum);
    }, NEITHER);
  }

  function originOf(root: string, id: string | undefined, at: string): number {
    switch (root) {
      case 'input':
      case 'conversation':
      case 'error':
        return FOREIGN;
      case 'incoming':
        return arrived.get(at) ?? NEITHER;
      case 'variables':
        return variables;
      case 'nodes':
        return id === undefined ? BOTH : (given.get(id) ?? NEITHER);
      case 'item':
        return given.get(scopes.scopeOf.get(at) ?? '') ?? NEITHER;
      case 'scopes':
        return given.get(id ?? '') ?? NEITHER;
      default:
        return NEITHER;
    }
  }
}

function outputOf(node: AnalysedNode, read: number): number {
  const { definition } = node;
  if (definition === undefined || definition.descriptor.entry !== undefined) return FOREIGN; // rule 1
  const { config, effects: raised } = node.node.data;
  const effects = effectsOf(definition.descriptor, config, raised);
  if (effects !== 'read' && effects !== 'write') return read; // rule 4
  return sendsSecret(node) ? GUARDED : FOREIGN | (read & GUARDED); // rules 2 and 3
}

interface Readers {
  readonly ofNode: ReadonlyMap<string, ReadonlySet<string>>;
  readonly ofVariables: ReadonlySet<string>;
}

/** Whom it concerns when a node's output, or a variable, becomes more. */
function readersOf({ scopes }: AnalysedGraph, own: ReadonlyMap<string, readonly PlacedExpression[]>): Readers {
  const ofNode = new Map<string, Set<string>>();
  const ofVariables = new Set<string>();
  for (const [reader, expressions] of own) {
    for (const { root, path } of expressions.flatMap(({ expression }) => expression.references)) {
      if (root === 'variables') ofVariables.add(reader);
      const read = root === 'item' ? scopes.scopeOf.get(reader) : path[0];
      if (read === undefined || !['item', 'nodes', 'scopes'].includes(root)) continue;
      ofNode.set(read, (ofNode.get(read) ?? new Set()).add(reader));
    }
  }
  return { ofNode, ofVariables };
}
