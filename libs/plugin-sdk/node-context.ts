import type { ConversationClient, DocumentClient, HttpClient, ModelClient, ToolClient } from './clients/index.js';
import type { Effects, ResolvedConfig } from './descriptor.js';
import type { JsonObject, JsonValue } from './json.js';

/**
 * All that a node sees. What reaches outside (`http`, `models`, `tools`, `documents`, `conversation`) comes from here,
 * checked against the manifest's permissions; a node with effects `none` gets none of it, and calling it throws
 * `effect_not_declared`.
 */
export interface NodeContext<C = ResolvedConfig> {
  readonly config: C;
  /** What arrived: one edge, its source's output; several, an object by source node id. */
  readonly incoming: JsonValue;
  /** The execution's `input_data`. */
  readonly input: JsonValue;
  readonly variables: JsonObject;
  /** Outputs of the nodes in scope, by id. */
  readonly nodes: Readonly<Record<string, { readonly output: JsonValue; readonly status: string }>>;
  /** On an error path: the failure that led here. */
  readonly error: StepError | null;
  readonly execution: ExecutionFacts;
  readonly nodeId: string;
  readonly path: string;
  /** From 1. */
  readonly attempt: number;
  /** What this step does to the world: by its type, its config, and what the graph raised it to. */
  readonly effects: Effects;
  /** `execution id / path`: the same for every attempt; send it to the target. */
  readonly idempotencyKey: string;
  /** Aborted on time-out, cancel and shutdown. */
  readonly signal: AbortSignal;
  readonly clock: { now(): number };
  /** 0 ≤ n < 1; for a pure node the same at each replay. */
  random(): number;
  readonly log: NodeLog;
  /** Preview of text as it is produced; a preview is not recorded. */
  emitToken(text: string): void;
  readonly http: HttpClient;
  readonly models: ModelClient;
  readonly tools: ToolClient;
  readonly documents: DocumentClient;
  readonly conversation: ConversationClient;
}

export interface ExecutionFacts {
  readonly id: string;
  readonly type: string;
  readonly user: string;
  /** RFC 3339, UTC, ms. */
  readonly started_at: string;
}

export interface StepError {
  readonly code: string;
  readonly message: string;
  readonly node_id: string;
  readonly attempt: number;
}

export interface NodeLog {
  debug(message: string, fields?: JsonObject): void;
  info(message: string, fields?: JsonObject): void;
  warn(message: string, fields?: JsonObject): void;
}

/** How a step ended. */
export interface NodeResult {
  readonly port: string;
  readonly output: JsonValue;
  /** Terminal types: end the whole execution now. */
  readonly stop?: boolean;
  /** Variables this step sets; `unset` deletes. */
  readonly set?: JsonObject;
  readonly unset?: readonly string[];
  readonly metrics?: AttemptUsage;
  readonly warnings?: readonly string[];
}

/** What one step used. Money in nano-USD, so that sums are exact. */
export interface StepUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_nano_usd: number;
  readonly tool_calls: number;
}

/** What one attempt used, and the model that it asked. */
export interface AttemptUsage extends StepUsage {
  /** `provider/name`; left out where it asked none. */
  readonly model?: string;
}
