import type { Effects, JsonObject, JsonValue, NodeDefinition } from '#plugin-sdk';

/**
 * A graph in its canonical form: aliases read, defaults left out. This is what is digested, published, stored in the
 * payload store and executed; `read-graph.ts` makes it from what a canvas or an old client sends.
 */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  readonly id: string;
  /** Canonical type name; the version is pinned when a definition is published or an execution accepted. */
  readonly type: string;
  readonly type_version?: number;
  readonly position?: { readonly x: number; readonly y: number };
  readonly data: NodeData;
}

export interface NodeData {
  readonly label?: string;
  readonly config: JsonObject;
  readonly retry?: Partial<RetryPolicy>;
  /** Per attempt. */
  readonly timeout_ms?: number;
  readonly on_error?: OnError;
  readonly on_uncertain?: OnUncertain;
  readonly compensate?: string | null;
  readonly enabled?: boolean;
  /** May raise the type's effects, never lower them. */
  readonly effects?: Effects;
}

export type OnError = 'fail' | 'continue' | { readonly value: JsonValue };
export type OnUncertain = 'retry' | 'fail' | 'ask';

export interface RetryPolicy {
  /** Attempts in all, the first included. */
  readonly max_attempts: number;
  readonly backoff_ms: number;
  readonly multiplier: number;
  readonly max_backoff_ms: number;
  /** 0–1: how much of the rest is left to chance. */
  readonly jitter: number;
  /** Failure codes after which no other attempt is made; `http_4*` matches by prefix. */
  readonly non_retryable: readonly string[];
}

export interface GraphEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  /** The source's port. */
  readonly source_handle: string;
  /** `in`, or `back` of a scope. */
  readonly target_handle: string;
  readonly data: EdgeData;
}

export interface EdgeData {
  readonly condition?: string | null;
  readonly default?: boolean;
  readonly label?: string;
}

/** The node types that a graph may use: the engine's and the validator's window on the plugin host's catalogue. */
export interface NodeTypes {
  /** By canonical name or alias; without a version, the newest. */
  find(type: string, version?: number): NodeDefinition | undefined;
  all(): readonly NodeDefinition[];
}
