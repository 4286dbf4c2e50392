import type { JsonValue } from './json.js';
import type { AttemptUsage } from './node-context.js';

/** Why an attempt failed, as it is stored. `retryable: false`: another attempt could not end differently. */
export interface Failure {
  /** Lower snake case: `timeout`, `http_503`. */
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** The target asked for this much rest before the next attempt. */
  readonly retry_after_ms?: number;
  readonly details?: JsonValue;
}

export interface NodeFailureOptions {
  readonly code: string;
  readonly message: string;
  /** Default false. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly details?: JsonValue;
  /** The request may have reached its target although no answer came: a `write` step becomes uncertain, not failed. Default false. */
  readonly uncertain?: boolean;
  /** What the attempt used before it failed: it counts all the same. */
  readonly usage?: AttemptUsage;
}

/** What a node throws when its work cannot be done. Anything else thrown is recorded as `internal`, retryable by policy. */
export class NodeFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly uncertain: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: JsonValue | undefined;
  readonly usage: AttemptUsage | undefined;

  constructor(options: NodeFailureOptions) {
    super(options.message);
    this.name = 'NodeFailure';
    this.code = options.code;
    this.retryable = options.retryable ?? false;
    this.uncertain = options.uncertain ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
    this.usage = options.usage;
  }
}
