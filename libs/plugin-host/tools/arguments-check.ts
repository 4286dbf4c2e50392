import { defaultsFilled, type JsonObject, type JsonSchema, NodeFailure } from '#plugin-sdk';
import type { ConfigCheck } from '../config/schema-check.js';
import { problemOfJson } from '../runner/json-check.js';

export const ofArguments = { root: 'arguments', owner: 'tool' };

/**
 * Arguments made ready for a call: defaults filled in, checked. A model may have written them, so they can be anything.
 * Throws `tool_arguments_invalid`, which names the member and says what to do.
 */
export function preparedArguments(
  tool: string,
  args: unknown,
  schema: JsonSchema,
  checks: readonly ConfigCheck[],
): JsonObject {
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    throw invalid(tool, 'arguments has to be an object.');
  const unsafe = problemOfJson(args, 'arguments');
  if (unsafe !== null) throw invalid(tool, unsafe);
  const filled = defaultsFilled(schema, args as JsonObject);
  for (const check of checks) {
    const problem = judged(check, filled);
    if (problem !== null) throw invalid(tool, problem);
  }
  return filled;
}

/** A schema or a validator that is not ours may throw; arguments that it cannot judge are none to call with. */
function judged(check: ConfigCheck, args: JsonObject): string | null {
  try {
    return check(args);
  } catch (error) {
    return `arguments cannot be checked: ${String(error)}`;
  }
}

const invalid = (tool: string, problem: string): NodeFailure =>
  new NodeFailure({ code: 'tool_arguments_invalid', message: `${tool}: ${problem}` });
