import type { DocumentClient, HttpClient, ToolDescription } from '../clients/index.js';
import type { JsonObject, JsonSchema, JsonValue } from '../json.js';
import type { NodeLog } from '../node-context.js';

/** What calling a tool does to the world: nothing, looks, or changes. */
export type ToolEffects = ToolDescription['effects'];

/** A tool: what a model or a `tool` node is told of it, and what it does. */
export interface ToolDefinition {
  /** Snake case; unique on a server. */
  readonly name: string;
  /** What it does and when to use it, for a model that has to choose. */
  readonly description: string;
  readonly effects: ToolEffects;
  /** It honours the idempotency key, so an uncertain call may be repeated. */
  readonly idempotent: boolean;
  /** JSON Schema (object) of its arguments. */
  readonly argumentsSchema: JsonSchema;
  /** Gives any JSON. What cannot be done is a `NodeFailure`; anything else thrown is `internal`. */
  execute(context: ToolContext): JsonValue | Promise<JsonValue>;
}

/**
 * All that a tool sees. `http` and `documents` are checked against its plugin's manifest; a tool with effects `none` gets
 * neither.
 */
export interface ToolContext<A = JsonObject> {
  /** Checked against the schema, with defaults filled in. */
  readonly args: A;
  /** Aborted when the step that called it is. */
  readonly signal: AbortSignal;
  /** The same for every attempt of the call; send it to the target. */
  readonly idempotencyKey: string;
  readonly log: NodeLog;
  readonly http: HttpClient;
  readonly documents: DocumentClient;
  readonly clock: { now(): number };
}

/** What a decorated tool class has. */
export interface Tool<A = JsonObject> {
  execute(context: ToolContext<A>): JsonValue | Promise<JsonValue>;
}

/** What an author writes about a tool. */
export interface ToolOutline {
  readonly name: string;
  readonly description: string;
  readonly effects: ToolEffects;
  /** Default false. */
  readonly idempotent?: boolean;
}
