import type { JsonObject, JsonValue, ToolDescription } from '#plugin-sdk';
import type { OutsideClients } from '../runner/clients.js';
import type { StepInvocation } from '../runner/step-invocation.js';

/** A tool as the registry knows it, wherever it comes from. */
export interface RegisteredTool extends ToolDescription {
  /** False while the server that provides it is away. */
  readonly available: boolean;
  /** Defaults filled in, and checked. Throws a `NodeFailure` `tool_arguments_invalid` that names the member. */
  prepare(args: JsonObject): JsonObject;
  /** With prepared arguments. What it gives is not yet checked. */
  call(args: JsonObject, call: ToolCall): Promise<JsonValue>;
}

/** One call, and the step that makes it. */
export interface ToolCall {
  readonly step: StepInvocation;
  readonly clients: OutsideClients;
  /** The same for each attempt of the step. */
  readonly idempotencyKey: string;
  readonly now: () => number;
}
