/** Limits of webhooks, beside those of every request (1 MiB, application/json). */
export const hookLimits = {
  /** A timestamp that is further away is refused, ms. */
  replayWindowMs: 5 * 60_000,
  /** Executions that one webhook may begin at once, and per second from then on. */
  burst: 100,
  perSecond: 10,
  /** Signatures that are remembered for the length of the window. */
  signatures: 10_000,
} as const;
