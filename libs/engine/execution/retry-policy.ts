import type { Effects, Failure } from '#plugin-sdk';
import type { RetryPolicy } from '../graph/graph.js';

const defaults: RetryPolicy = {
  max_attempts: 3,
  backoff_ms: 500,
  multiplier: 2,
  max_backoff_ms: 60_000,
  jitter: 0.2,
  non_retryable: [],
};

/** What a node's `data.retry` comes to: partial is fine; not given, only a step that merely looks is tried again. */
export const retryPolicy = (given: Partial<RetryPolicy> | undefined, effects: Effects): RetryPolicy =>
  given ? { ...defaults, ...given } : { ...defaults, max_attempts: effects === 'read' ? 3 : 1 };

/** `http_5*` matches `http_503`; without a star, only the code itself. */
export const matchesCode = (pattern: string, code: string): boolean =>
  pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : pattern === code;

export const mayRetry = (failure: Failure, policy: RetryPolicy): boolean =>
  failure.retryable && !policy.non_retryable.some((pattern) => matchesCode(pattern, failure.code));

/**
 * The rest before an attempt (the second, the third, …), in ms.
 *
 * 1. It grows by the multiplier from one attempt to the next, up to the maximum.
 * 2. `chance` (0–1) takes away up to the share `jitter` of it, so that many do not come back at once.
 * 3. What the target asked for (`Retry-After`) is never undercut, up to the maximum.
 */
export function restBefore(attempt: number, policy: RetryPolicy, chance: number, failure?: Failure): number {
  const grown = Math.min(policy.backoff_ms * policy.multiplier ** (attempt - 2), policy.max_backoff_ms);
  const jittered = Math.round(grown * (1 - policy.jitter * chance));
  const asked = Math.min(failure?.retry_after_ms ?? 0, policy.max_backoff_ms);
  return Math.max(jittered, asked);
}
