import type { JsonObject, JsonValue, ModelMessage } from '#plugin-sdk';
import { sentencesOf, subjectsOf } from './text.js';

/** More characters of a tool's result are not quoted. */
const LONGEST = 1_000;
/** How much of the documents is read, in characters. */
const MAX_TEXT = 64_000;

interface Source {
  readonly title: string;
  readonly text: string;
}

/**
 * What tools came to since the user's last word, in words; null where none was called.
 *
 * 1. A list of documents is answered from (`answerFrom`).
 * 2. Anything else is quoted.
 */
export function answerFromTools(messages: readonly ModelMessage[]): string | null {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const question = messages[asked]?.content ?? '';
  const results = messages.slice(asked + 1).filter((message) => message.role === 'tool');
  if (results.length === 0) return null;
  return results.map(({ name, content }) => resultInWords(name, content, question)).join('\n');
}

function resultInWords(tool: string, content: string, question: string): string {
  const result = parsed(content);
  const sources = sourcesIn(result);
  if (sources !== null) return answerFrom(sources, question); // rule 1
  if (isObject(result) && Object.keys(result).join() === 'error')
    return `The tool ${tool} failed: ${String(result['error']).slice(0, LONGEST)}`;
  return `The tool ${tool} says: ${content.slice(0, LONGEST).toWellFormed()}`; // rule 2
}

/** The answer from documents that were shown with the question; null where none were. */
export function answerFromContext(messages: readonly ModelMessage[], question: string): string | null {
  const shown = messages.findLast(({ role, content }) => role === 'user' && content.includes('\n<documents>\n'));
  if (shown === undefined) return null;
  const parts = shown.content
    .slice(0, MAX_TEXT)
    .split(/\n<document number="\d+" title="/)
    .slice(1);
  const sources = parts.map((part) => {
    const text = part.slice(part.indexOf('>\n') + 2).replace(/\n<\/document>[^]*$/, '');
    return { title: unescaped(part.slice(0, part.indexOf('"'))), text: unescaped(text) };
  });
  return answerFrom(sources, question);
}

/** The sentence of the documents that shares most subjects with the question, and which one it is from. */
function answerFrom(sources: readonly Source[], question: string): string {
  const asked = new Set(subjectsOf(question));
  let best = '';
  let most = 0;
  for (const { title, text } of sources) {
    for (const sentence of sentencesOf(text.slice(0, MAX_TEXT))) {
      const score = new Set(subjectsOf(sentence).filter((word) => asked.has(word))).size;
      if (score <= most) continue;
      most = score;
      best = title === '' ? sentence : `${sentence} (${title})`;
    }
  }
  return most === 0 ? 'The documents say nothing about that.' : best;
}

function sourcesIn(result: JsonValue | undefined): readonly Source[] | null {
  const list = isObject(result) ? Object.values(result).find(Array.isArray) : result;
  if (!Array.isArray(list) || !list.every((one: JsonValue) => isObject(one) && typeof one['text'] === 'string'))
    return null;
  return (list as JsonObject[]).map(({ title, text }) => ({
    title: typeof title === 'string' ? title : '',
    text: text as string,
  }));
}

const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
