import type { Graph } from '#engine';
import type { AnalysedGraph } from './analysed-graph.js';
import type { RuleName, Severity, ValidationIssue } from './issue.js';
import type { ValidationLimits } from './limits.js';
import { withoutSecrets } from './security/secret-patterns.js';

/** One thing that is checked. It stands in a file of its own, named after it. */
export interface Rule {
  readonly name: RuleName;
  check(graph: AnalysedGraph): readonly ValidationIssue[];
}

/** A limit on the bare graph: checked before anything is analysed. */
export interface SizeRule {
  readonly name: RuleName;
  check(graph: Graph, limits: ValidationLimits): readonly ValidationIssue[];
}

/** What a rule finds; without severity an error. */
export interface Finding {
  readonly message: string;
  readonly path: string;
  readonly node_id?: string;
  readonly edge_id?: string;
  readonly severity?: Severity;
}

export function rule(name: RuleName, find: (graph: AnalysedGraph) => readonly Finding[]): Rule {
  return { name, check: (graph) => find(graph).map((finding) => issue(name, finding)) };
}

export function sizeRule(
  name: RuleName,
  find: (graph: Graph, limits: ValidationLimits) => readonly Finding[],
): SizeRule {
  return { name, check: (graph, limits) => find(graph, limits).map((finding) => issue(name, finding)) };
}

/** As it goes out: whatever a finding quotes, it repeats no secret. */
export const issue = (
  rule: RuleName,
  { message, path, node_id, edge_id, severity = 'error' }: Finding,
): ValidationIssue => ({
  rule,
  message: withoutSecrets(message),
  node_id: node_id ?? null,
  edge_id: edge_id ?? null,
  path: withoutSecrets(path),
  severity,
});
