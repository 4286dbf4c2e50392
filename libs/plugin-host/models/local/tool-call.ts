import type { JsonObject, JsonSchema, JsonValue, ModelMessage, ModelTool, ModelToolCall } from '#plugin-sdk';
import { misfitOf } from '../data-check.js';
import { arithmeticIn } from './arithmetic.js';
import { fillSchema } from './fill-schema.js';
import { escaped } from './text.js';

/** How much of the text is read, in characters. */
const MAX_TEXT = 16_000;

type Arguments = (text: string, tool: ModelTool) => JsonObject | null;

const ASKS_TIME =
  /\b(?:what(?:'s| is)? (?:the )?(?:current )?(?:time|date|day)|current (?:time|date)|time is it|today's date)\b/i;
const ASKS_SEARCH =
  /\b(?:search|look up|look for|find (?:a|all|an|any|every|in|information|me|my|our|out|the|what|where|who|how))\b/i;

/** By what a tool of this name is asked for without being named, and what it is then told. */
const BY_NAME: readonly (readonly [name: RegExp, read: Arguments])[] = [
  [/calc/, (text, tool) => withMain(tool, arithmeticIn(text), text)],
  [/time|clock/, (text, tool) => (ASKS_TIME.test(text) ? withMain(tool, null, text) : null)],
  [/search|find|retriev/, (text, tool) => (ASKS_SEARCH.test(text) ? withMain(tool, queryIn(text), text) : null)],
];

/**
 * The tool that the user's text clearly asks for, or null.
 *
 * 1. Only the user's last word asks; what tools came to after it, is answered and asks for no more. So it never loops.
 * 2. A tool that is named with arguments in JSON behind it gets these.
 * 3. A sum asks for a calculator, the hour for a clock, a search for what searches: by the tool's name.
 * 4. A tool that is to be used by its name gets what the text holds of what it requires.
 * 5. What does not fit the tool's schema is not asked for.
 */
export function toolCallFor(messages: readonly ModelMessage[], tools: readonly ModelTool[]): ModelToolCall | null {
  const last = messages.at(-1);
  if (last?.role !== 'user') return null; // rule 1
  const text = last.content.slice(0, MAX_TEXT);
  for (const read of [namedWithArguments, byWhatIsAsked, namedToBeUsed]) {
    for (const tool of tools) {
      const args = read(text, tool);
      if (args !== null && fits(args, tool.argumentsSchema))
        return { id: callId(messages), name: tool.name, arguments: args };
    }
  }
  return null;
}

/** Of its own in this talk. */
const callId = (messages: readonly ModelMessage[]): string =>
  `call_${messages.filter(({ role }) => role === 'tool').length + 1}`;

/** Rule 2. */
const namedWithArguments: Arguments = (text, { name }) => {
  const at = placeOf(name, text);
  const open = at < 0 ? -1 : text.indexOf('{', at);
  return open < 0 || open - at > name.length + 40 ? null : objectAt(text, open);
};

/** Rule 3. */
const byWhatIsAsked: Arguments = (text, tool) =>
  BY_NAME.find(([name]) => name.test(tool.name.toLowerCase()))?.[1](text, tool) ?? null;

/** Rule 4. */
const namedToBeUsed: Arguments = (text, tool) => {
  const at = placeOf(tool.name, text);
  const before = at < 0 ? '' : text.slice(Math.max(0, at - 20), at);
  return /\b(?:use|call|run)\b/i.test(before) ? withMain(tool, null, text) : null;
};

/** Where a tool is named as a word: `current_time`, or "current time". */
function placeOf(name: string, text: string): number {
  const said = text.toLowerCase();
  const forms = [name.toLowerCase(), name.toLowerCase().replaceAll('_', ' ')];
  const places = forms.map((form) => said.search(new RegExp(`(?<!\\w)${escaped(form)}(?!\\w)`)));
  return places.find((at) => at >= 0) ?? -1;
}

/** The JSON object that begins there. */
function objectAt(text: string, open: number): JsonObject | null {
  let depth = 0;
  let quoted = false;
  for (let at = open; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{') depth += 1;
    else if (char === '}' && --depth === 0) return parsed(text.slice(open, at + 1));
  }
  return null;
}

function parsed(text: string): JsonObject | null {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return null;
  }
}

/** What follows the wish to search, without the places to search in. */
function queryIn(text: string): string {
  const wish = /\b(?:search|look up|look for|find)\b([^]{0,500})/i.exec(text)?.[1] ?? '';
  const query = wish
    .replace(/^\s+(?:(?:in|through|my|our|the|all)\s+)*(?:documents?|docs|files|knowledge base)\b/i, '')
    .replace(/\s+(?:in|from|within)\s+(?:(?:my|our|the|all)\s+)*(?:documents?|docs|files|knowledge base)\b/i, '')
    .replace(/^[\s:,]*(?:(?:for|about|on)\s+)?/i, '')
    .replace(/[\s.?!]+$/, '');
  return query === '' ? text.trim().slice(0, 500) : query;
}

/**
 * Arguments with the main value in the first text that the schema requires, else in its first text; what else it
 * requires is filled from the user's text. Without a main value nothing but that is given.
 */
function withMain(
  { argumentsSchema: schema }: ModelTool,
  main: string | null | undefined,
  text: string,
): JsonObject | null {
  if (main === undefined) return null;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  const isText = (name: string): boolean => {
    const property = properties[name];
    return isObject(property) && property['type'] === 'string' && property['enum'] === undefined;
  };
  const place = main === null ? undefined : (required.find(isText) ?? Object.keys(properties).find(isText));
  if (main !== null && place === undefined) return null;
  const open = required.filter((name) => name !== place);
  const wanted = Object.fromEntries(open.map((name) => [name, properties[name] ?? {}]));
  const filled = fillSchema({ type: 'object', properties: wanted, required: open }, text) as JsonObject;
  return place === undefined ? filled : { ...filled, [place]: main };
}

/** Rule 5. A schema that may not be checked here is checked where the tool is called. */
function fits(args: JsonObject, schema: JsonSchema): boolean {
  try {
    return misfitOf(args, schema) === null;
  } catch {
    return true;
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
