import type { Effects, ExecutionFacts, JsonObject, JsonValue, NodeContext, StepError } from '#plugin-sdk';
import type { InstalledNode } from '../installed-node.js';

/** One attempt of one step, as the runtime hands it over. */
export interface StepInvocation {
  readonly node: InstalledNode;
  /** What this step does, as `effectsOf` says of its literal config. */
  readonly effects: Effects;
  /** Resolved and made ready by `node.prepare`. */
  readonly config: JsonObject;
  readonly incoming: JsonValue;
  readonly input: JsonValue;
  readonly variables: JsonObject;
  /** May be made when it is first read; so may `error` and `execution`. */
  readonly nodes: NodeContext['nodes'];
  readonly error: StepError | null;
  readonly execution: ExecutionFacts;
  /** Options of the execution that clients may heed, such as its default model. */
  readonly defaults?: JsonObject;
  readonly tenant: string;
  /** UUID without prefix; null where the execution belongs to no conversation. */
  readonly conversationId: string | null;
  /** Secrets that the graph names for this step. */
  readonly secrets: readonly string[];
  /** Checked before a call that costs. */
  readonly budget: CallBudget;
  readonly nodeId: string;
  readonly path: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** Ms since the epoch; what a pure node's clock says all the time. */
  readonly now: number;
  /** What `random()` is drawn from. */
  readonly seed: string;
  onToken?(text: string): void;
  onLog?(level: 'debug' | 'info' | 'warn', message: string, fields?: JsonObject): void;
}

/** What the execution's limits leave. */
export interface CallBudget {
  /**
   * Sets this much aside until the attempt ends. Throws a `NodeFailure` with the limit's name (`max_total_tokens`,
   * `max_cost`) where it would go beyond: the execution then fails, and the call is not made.
   */
  reserve(estimate: { readonly tokens: number; readonly costNanoUsd: number }): void;
}
