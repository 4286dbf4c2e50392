import type { JsonObject, JsonSchema, JsonValue } from '../json.js';

/** A tool as it is listed. */
export interface ToolDescription {
  /** Snake case; unique on a server. */
  readonly name: string;
  readonly description: string;
  readonly effects: 'none' | 'read' | 'write';
  /** It honours the idempotency key, so an uncertain call may be repeated. */
  readonly idempotent: boolean;
  readonly argumentsSchema: JsonSchema;
  /** The plugin, or the MCP server, that provides it. */
  readonly source: string;
}

/** The tools that this step may use: on the server, within the execution's `allowed_tools`, allowed to its caller. */
export interface ToolClient {
  list(): readonly ToolDescription[];
  /**
   * Calls one. The arguments are checked against its schema first (`tool_arguments_invalid`); a name that is not listed
   * is `tool_not_allowed`. Throws `NodeFailure`.
   */
  call(name: string, args: JsonObject): Promise<JsonValue>;
}
