/** Is it a graph, may it, can we, and how much. */
export const layers = ['structure', 'security', 'capability', 'resource'] as const;
export type Layer = (typeof layers)[number];
export type Severity = 'error' | 'warning';
export type RuleName = `${Layer}.${string}`;

/** One finding, as it goes over the wire. */
export interface ValidationIssue {
  /** `structure.unreachable_node` */
  readonly rule: RuleName;
  /** What they did, and what to do. Never repeats a secret. */
  readonly message: string;
  readonly node_id: string | null;
  readonly edge_id: string | null;
  /** JSON pointer into the request: `/nodes/3/data/config/prompt`. */
  readonly path: string;
  readonly severity: Severity;
}

export interface LayeredIssue extends ValidationIssue {
  readonly layer: Layer;
}

export const layerOf = ({ rule }: Pick<ValidationIssue, 'rule'>): Layer => rule.slice(0, rule.indexOf('.')) as Layer;

/** What somebody wrote, short enough for a message. */
export function shown(text: string): string {
  const whole = text.length <= 64 ? text : `${text.slice(0, 64)}…`;
  return `"${whole.toWellFormed()}"`;
}
