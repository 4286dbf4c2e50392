import { type HttpResponse, type JsonObject, type JsonValue, NodeFailure } from '@chatter/plugin-sdk';

/** What of an answer is read at most, in bytes. */
export const MAX_ANSWER_BYTES = 512 * 1024;

/** Headers of an answer that say something about it; the rest is noise to whoever reads it. */
const SAYING = ['content-type', 'last-modified', 'etag', 'location', 'retry-after'];

/** Statuses after which another attempt may end differently; so may each 5xx. */
const PASSING = [408, 425, 429];

/** What is told of an answer. A status of 500 and more, or one that asks for patience, is a failure; others are answers. */
export function answerOf({ status, headers, body }: HttpResponse): JsonObject {
  if (status >= 500 || PASSING.includes(status))
    throw new NodeFailure({ code: `http_${status}`, message: `The server answered ${status}.`, retryable: true });
  const telling = Object.fromEntries(Object.entries(headers).filter(([name]) => SAYING.includes(name)));
  return { status, headers: telling, body: bodyOf(body, headers['content-type'] ?? '') };
}

/** JSON is read where it says that it is; what then is none, or has numbers that would lose digits, stays text. */
function bodyOf(body: string, type: string): JsonValue {
  if (!/\bjson\b/i.test(type)) return body;
  try {
    return JSON.parse(body, exactly) as JsonValue;
  } catch {
    return body;
  }
}

function exactly(_key: string, value: JsonValue): JsonValue {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw new Error('inexact');
  return value;
}
