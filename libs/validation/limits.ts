/** Every limit of a graph. Over it an error, above `WARN_ABOVE` of it a warning. */
export interface ValidationLimits {
  readonly nodes: number;
  readonly edges: number;
  /** Characters of one node's config, as JSON. */
  readonly config_size: number;
  /** Objects and lists inside each other, in one node's data. */
  readonly config_depth: number;
  /** Scopes inside each other. */
  readonly scope_depth: number;
  /** Iterations of one scope, each time it runs. */
  readonly loop_bound: number;
  /** Edges out of one port. */
  readonly fan_out: number;
  /** Steps of one execution, as far as the graph tells: each node once for every iteration around it. */
  readonly estimated_steps: number;
  /** Tokens that its models may answer with, over all iterations; null: as many as they like. */
  readonly estimated_tokens: number | null;
  /** USD that those answers may cost, over all iterations; null: as much as they like. */
  readonly estimated_cost: number | null;
  /** Of one attempt, in ms. */
  readonly timeout_ms: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

export const defaultValidationLimits: ValidationLimits = {
  nodes: 500,
  edges: 2_000,
  config_size: 256 * 1024,
  config_depth: 64,
  scope_depth: 10,
  loop_bound: 10_000,
  fan_out: 100,
  estimated_steps: 10_000,
  estimated_tokens: null,
  estimated_cost: null,
  timeout_ms: DAY_MS,
};

/** Of two limits the lower; null is none. */
export function lower(limits: ValidationLimits, quota: Partial<ValidationLimits>): ValidationLimits {
  const bounds = Object.entries(quota).filter(([, most]) => most !== null && most !== undefined);
  const lowered = bounds.map(([name, most]) => [
    name,
    Math.min(most!, limits[name as keyof ValidationLimits] ?? most!),
  ]);
  return { ...limits, ...(Object.fromEntries(lowered) as Partial<ValidationLimits>) };
}

export const WARN_ABOVE = 0.8;

/** How often a scope is taken to run whose items are not known before it runs, or that sets no bound of its own. */
export const ASSUMED_ITERATIONS = 10;

/** Bounds of a node's retry policy. */
export const retryBounds = {
  max_attempts: { least: 1, most: 100 },
  backoff_ms: { least: 0, most: DAY_MS },
  multiplier: { least: 1, most: 100 },
  max_backoff_ms: { least: 0, most: DAY_MS },
  jitter: { least: 0, most: 1 },
} as const;

/** Findings of one kind that an answer carries; of more, the last says how many were left out. */
export const MOST_ISSUES = 200;
