import { type JsonObject, type JsonValue, NodeFailure } from '@chatter/plugin-sdk';

export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** How many calls one step makes at most. */
const MOST = 100;

/**
 * The calls that arrived, as a model's `tool_calls` has them. Each is checked before the first is made: half of a list is
 * no answer. Throws a `NodeFailure` `no_tool_calls` or `invalid_tool_calls`.
 */
export function arrivedCalls(incoming: JsonValue): readonly ToolCall[] {
  const calls = isObject(incoming) ? incoming['tool_calls'] : undefined;
  if (calls === undefined)
    throw new NodeFailure({
      code: 'no_tool_calls',
      message: 'No tool_name is given, and what arrived has no tool_calls. Set tool_name, or lead a model here.',
    });
  if (!Array.isArray(calls)) throw invalid('tool_calls has to be a list.');
  if (calls.length > MOST) throw invalid(`${calls.length} tool calls arrived; one step makes at most ${MOST}.`);
  return (calls as readonly JsonValue[]).map(callOf);
}

function callOf(call: JsonValue, index: number): ToolCall {
  const { name, arguments: args = {} } = isObject(call) ? call : {};
  if (typeof name !== 'string') throw invalid(`tool_calls[${index}] has no name.`);
  if (!isObject(args)) throw invalid(`tool_calls[${index}].arguments has to be an object.`);
  return { name, arguments: args };
}

export const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (message: string): NodeFailure => new NodeFailure({ code: 'invalid_tool_calls', message });
