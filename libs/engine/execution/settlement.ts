import type { CompiledEdge, CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import type { ExpressionError } from '../expression/index.js';

/**
 * Who runs next. In each instance of the graph (the graph itself, or one iteration of a scope's body):
 *
 * 1. An edge is undecided until its source has settled; then it is taken or dead.
 * 2. A node waits for all its in-edges: at least one taken, it is scheduled; none, it is skipped. A join waits for `any`
 *    one or for `n` taken edges; what arrives later changes nothing. When all are decided and the join is not met:
 *    none taken, it is skipped, else it fails `join_not_met`.
 * 3. A step ends at one port. Of that port's edges those are taken that have no condition or one that holds; a `default`
 *    edge when no other is. The edges of its other ports are dead, and all edges out of a skipped node are: deadness
 *    spreads. Where no edge is taken, the branch ends.
 *
 * Scopes enter here only as sources: the edges out of a body port are decided at the start of an iteration, those of the
 * scope's other ports when the scope itself has settled.
 */

/** What has been decided so far in one instance. */
export interface InstanceView {
  isTaken(edgeId: string): boolean;
  /** Whether the edges out of this node (at this level) are decided. */
  hasDecidedEdges(nodeId: string): boolean;
  /** Scheduled, skipped or settled already: its fate is sealed. */
  hasFate(nodeId: string): boolean;
}

export interface Consequences {
  readonly scheduled: readonly string[];
  readonly skipped: readonly string[];
  /** Joins that can no longer be met. */
  readonly unmet: readonly string[];
}

type Fate = 'undecided' | 'scheduled' | 'skipped' | 'unmet';

/** Rule 3, first half: which edges a step takes when it ends at this port. */
export function takenEdges(
  node: CompiledNode,
  port: string,
  holds: (edge: CompiledEdge) => boolean,
): { readonly taken: readonly CompiledEdge[] } | { readonly failed: CompiledEdge; readonly error: ExpressionError } {
  const edges = node.outgoing.get(port) ?? [];
  const taken: CompiledEdge[] = [];
  for (const edge of edges) {
    if (edge.isDefault) continue;
    try {
      if (edge.condition === null || holds(edge)) taken.push(edge);
    } catch (error) {
      return { failed: edge, error: error as ExpressionError };
    }
  }
  return { taken: taken.length > 0 ? taken : edges.filter((edge) => edge.isDefault) };
}

/** Rules 1 and 2, and the spreading of deadness: what follows once the edges out of `sources` have been decided. */
export function consequences(graph: CompiledGraph, view: InstanceView, sources: readonly CompiledEdge[]): Consequences {
  const scheduled: string[] = [];
  const skipped = new Set<string>();
  const unmet: string[] = [];
  const decidedHere = new Set<string>();
  const questions = sources.filter((edge) => !edge.back).map((edge) => edge.target);

  for (let next = 0; next < questions.length; next += 1) {
    const id = questions[next]!;
    if (decidedHere.has(id) || view.hasFate(id)) continue;
    const node = graph.nodes.get(id)!;
    const fate = fateOf(node, view, skipped);
    if (fate === 'undecided') continue;
    decidedHere.add(id);
    if (fate === 'scheduled') scheduled.push(id);
    if (fate === 'unmet') unmet.push(id);
    if (fate === 'skipped') {
      skipped.add(id);
      for (const edge of node.levelEdges) if (!edge.back) questions.push(edge.target);
    }
  }
  return { scheduled, skipped: [...skipped], unmet };
}

function fateOf(node: CompiledNode, view: InstanceView, skippedHere: ReadonlySet<string>): Fate {
  let taken = 0;
  let undecided = 0;
  for (const edge of node.incoming) {
    if (view.isTaken(edge.id)) taken += 1;
    else if (!skippedHere.has(edge.source) && !view.hasDecidedEdges(edge.source)) undecided += 1;
  }
  const { mode, n } = node.join;
  if (mode === 'any' && taken >= 1) return 'scheduled';
  if (mode === 'n' && taken >= n) return 'scheduled';
  if (undecided > 0) return 'undecided';
  if (taken === 0) return 'skipped';
  return mode === 'all' ? 'scheduled' : 'unmet';
}
