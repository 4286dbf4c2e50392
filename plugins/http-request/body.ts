import { type HttpResponse, type JsonValue, NodeFailure } from '@chatter/plugin-sdk';
import { excerptOf } from './excerpt.js';

export interface ReadBody {
  readonly body: JsonValue;
  readonly warnings: readonly string[];
}

/** `application/json` and what is built on it: `application/problem+json`. */
const JSON_TYPE = /^[^;]*[/+]json\s*(;|$)/i;

/**
 * The body of an answer.
 *
 * 1. `json` must be JSON; nothing at all is null.
 * 2. `auto` goes by the content type. What says it is JSON and is not stays text, with a warning.
 * 3. `text` stays as it came.
 */
export function bodyOf({ body, headers }: HttpResponse, response: 'auto' | 'json' | 'text'): ReadBody {
  const json = response === 'json' || (response === 'auto' && JSON_TYPE.test(headers['content-type'] ?? ''));
  if (!json) return { body, warnings: [] }; // rules 2 and 3
  if (body.trim() === '') return { body: null, warnings: [] }; // rule 1
  const read = readJson(body);
  if (read !== null) return read;
  if (response === 'auto') return { body, warnings: ['The answer says it is JSON, but is not: its text is given.'] };
  throw new NodeFailure({
    code: 'invalid_response',
    message: 'The answer is not JSON, though response is "json". Set response to "auto" or "text" to see what came.',
    details: { body: excerptOf(body, 500) },
  });
}

/** The third argument says how a number was written, before it became a double. The library's types do not know it yet. */
const parse = JSON.parse as (
  text: string,
  reviver: (key: string, value: JsonValue, context: { readonly source?: string }) => JsonValue,
) => JsonValue;

/** Reads JSON; a number that a double would change to another whole number is given as its text. Null: no JSON. */
function readJson(text: string): ReadBody | null {
  let tooLarge = 0;
  try {
    const body = parse(text, (_key, value, { source }) => {
      if (typeof value !== 'number' || isFaithful(value)) return value;
      tooLarge += 1;
      return source ?? String(value);
    });
    return { body, warnings: tooLarge === 0 ? [] : [`Numbers beyond 2^53 − 1 are given as texts: ${tooLarge}.`] };
  } catch {
    return null;
  }
}

const isFaithful = (value: number): boolean =>
  Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
