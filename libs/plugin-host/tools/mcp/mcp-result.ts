import { type JsonValue, NodeFailure } from '#plugin-sdk';
import { problemOfJson } from '../../runner/json-check.js';

/** What a server answers to a call. Each part is as it came. */
export interface McpAnswer {
  readonly content?: readonly unknown[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/** How much of what a server says of its failure is kept, in UTF-16 units. */
const EXCERPT = 500;

/**
 * What a call gave.
 *
 * 1. An answer that says it is an error is the failure `tool_failed`: the server has spoken, so the outcome is known.
 * 2. What is structured is the result; else the texts, joined by line breaks; else the parts as they came.
 */
export function resultOf(tool: string, { content = [], structuredContent, isError }: McpAnswer): JsonValue {
  const texts = content.flatMap((part) => textOf(part) ?? []);
  const text = texts.length === content.length ? texts.join('\n') : null;
  if (isError === true) throw toolFailed(tool, texts.join('\n')); // rule 1
  const structured = structuredContent !== undefined && problemOfJson(structuredContent, 'result') === null;
  return structured ? (structuredContent as JsonValue) : (text ?? (content as JsonValue)); // rule 2
}

export const toolFailed = (tool: string, said: string): NodeFailure =>
  new NodeFailure({ code: 'tool_failed', message: `The tool "${tool}" failed: ${excerptOf(said)}` });

/** The server's own check of the arguments. */
export const argumentsRefused = (tool: string, said: string): NodeFailure =>
  new NodeFailure({ code: 'tool_arguments_invalid', message: `${tool}: ${excerptOf(said)}` });

/** Nothing was sent, or nothing was done with it. */
export const serverAway = (tool: string, server: string): NodeFailure =>
  new NodeFailure({
    code: 'tool_unavailable',
    message: `The tool "${tool}" cannot be called now: the MCP server "${server}" is away.`,
    retryable: true,
  });

/** It may have acted, and no answer came. */
export const answerLost = (tool: string, server: string): NodeFailure =>
  new NodeFailure({
    code: 'connection_failed',
    message: `The MCP server "${server}" went away, or fell silent, while "${tool}" was called.`,
    retryable: true,
    uncertain: true,
  });

function textOf(part: unknown): string | null {
  const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
  return type === 'text' && typeof text === 'string' ? text.toWellFormed() : null;
}

const excerptOf = (said: string): string => said.slice(0, EXCERPT).toWellFormed() || 'it says nothing about it.';
