import { Buffer } from 'node:buffer';
import type { JsonObject, JsonSchema } from '#plugin-sdk';
import { problemOfJson } from '../../runner/json-check.js';
import { boundedSchema } from './bounded-schema.js';
import type { McpServerConfig } from './mcp-config.js';

/** Tools of one server. */
const MOST_TOOLS = 200;
/** Of a tool's whole name, as models take it. */
const LONGEST_NAME = 64;
/** In UTF-16 units; what is longer is cut. */
const LONGEST_DESCRIPTION = 2_000;
/** In bytes of JSON. */
const MAX_SCHEMA_BYTES = 64 * 1024;

const NAME = /^[A-Za-z0-9_-]+$/;

/** A tool as its server names and describes it, within bounds. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  readonly argumentsSchema: JsonSchema;
}

export interface McpListing {
  readonly tools: readonly McpTool[];
  /** Why some are left out, and what the operator named that is not there. */
  readonly problems: readonly string[];
}

/**
 * What of a server's list is used. It is data: names are checked, texts cut, schemas bounded, and what the server says
 * about effects is not asked.
 *
 * 1. A name is one that a model can be told, unique, and short enough with the server's before it.
 * 2. Where the operator allows tools by name, no others are there.
 * 3. A tool whose schema is none, or is too large, is left out; so is what comes after the 200th.
 */
export function readListing(
  { name: server, allow, readOnly }: McpServerConfig,
  listed: readonly unknown[],
): McpListing {
  const tools = new Map<string, McpTool>();
  const problems: string[] = [];
  for (const one of listed.slice(0, MOST_TOOLS)) {
    const { name, description, inputSchema } = (one ?? {}) as Readonly<Record<string, unknown>>;
    if (allow !== null && !allow.includes(String(name))) continue; // rule 2
    const problem = problemOfName(server, name, tools) ?? problemOfSchema(inputSchema);
    const argumentsSchema = problem === null ? boundedSchema(inputSchema as JsonObject) : {};
    const tooLarge = Buffer.byteLength(JSON.stringify(argumentsSchema)) > MAX_SCHEMA_BYTES;
    if (problem !== null || tooLarge) {
      problems.push(`${shown(name)} is left out: ${problem ?? 'its schema is too large.'}`);
      continue;
    }
    tools.set(String(name), { name: String(name), description: cut(description), argumentsSchema });
  }
  if (listed.length > MOST_TOOLS) problems.push(`It lists ${listed.length} tools; ${MOST_TOOLS} are read.`);
  const missing = [...new Set([...(allow ?? []), ...readOnly])].filter((name) => !tools.has(name));
  problems.push(...missing.map((name) => `${shown(name)} is configured, but is not there.`));
  return { tools: [...tools.values()], problems };
}

/** Rule 1. */
function problemOfName(server: string, name: unknown, tools: ReadonlyMap<string, McpTool>): string | null {
  if (typeof name !== 'string' || !NAME.test(name)) return 'its name is not of letters, digits, "_" and "-".';
  if (toolName(server, name).length > LONGEST_NAME)
    return `with its server's, its name has more than ${LONGEST_NAME} characters.`;
  return tools.has(name) ? 'its name is there twice.' : null;
}

/** Rule 3. */
function problemOfSchema(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return 'it has no schema.';
  if (problemOfJson(schema, 'schema') !== null) return 'its schema is no plain JSON.';
  if (JSON.stringify(schema).length > MAX_SCHEMA_BYTES) return 'its schema is too large.';
  return (schema as JsonObject)['type'] === 'object' ? null : 'its schema is not of an object.';
}

/** How a server's tool is called here. */
export const toolName = (server: string, tool: string): string => `${server}__${tool}`;

const cut = (text: unknown): string =>
  typeof text === 'string' ? text.slice(0, LONGEST_DESCRIPTION).toWellFormed() : '';

const shown = (name: unknown): string => `"${String(name).slice(0, LONGEST_NAME).toWellFormed()}"`;
