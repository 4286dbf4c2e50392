import {
  APICallError,
  InvalidDataContentError,
  InvalidPromptError,
  MissingToolResultsError,
  UnsupportedFunctionalityError,
} from 'ai';
import { NodeFailure } from '#plugin-sdk';

/** How much of what the server says goes into a message. */
const EXCERPT = 300;

/** Statuses after which another attempt may end differently; so may each 5xx. */
const PASSING = [408, 409, 425];

/** Before anything was sent. */
const UNUSABLE: readonly { isInstance(error: unknown): boolean }[] = [
  InvalidPromptError,
  InvalidDataContentError,
  MissingToolResultsError,
  UnsupportedFunctionalityError,
];

/**
 * A failed call as the record tells it.
 *
 * 1. Ended by the step: `model_timeout`, retryable.
 * 2. A failure of our own client (host not allowed, …) as it is.
 * 3. 429: `model_rate_limited`, with the rest that the server asks for. 5xx and no answer at all: `model_unavailable`.
 * 4. 401 and 403: `model_not_allowed`; other statuses: `model_invalid_request`, with the server's own words. Not retryable.
 * 5. A talk that cannot be put to the server, such as a tool's call that nothing answers: `model_invalid_request`.
 * 6. What else goes wrong is an answer that cannot be read: `model_unavailable`.
 */
export function failureOf(error: unknown, signal: AbortSignal, now: number): NodeFailure {
  if (signal.aborted) return failure('model_timeout', 'The model did not answer in the time there was.', true); // rule 1
  const own = ownFailureIn(error);
  if (own !== null) return own; // rule 2
  if (UNUSABLE.some((kind) => kind.isInstance(error)))
    return failure('model_invalid_request', `The model cannot be asked this${why(error)}.`, false); // rule 5
  if (!APICallError.isInstance(error))
    return failure('model_unavailable', `The model's answer broke off or cannot be read${why(error)}.`, true); // rule 6
  const { statusCode: status, responseHeaders: headers = {} } = error;
  if (status === undefined)
    return failure('model_unavailable', `The model's server did not answer${why(error)}.`, true);
  if (status === 429) return rateLimited(restAskedFor(headers, now));
  if (status >= 500 || PASSING.includes(status))
    return failure('model_unavailable', `The model's server answered ${status}.`, true);
  if (status < 400)
    return failure(
      'model_unavailable',
      "The model's server answered with something that is no answer of a model.",
      true,
    );
  if (status === 401 || status === 403)
    return failure('model_not_allowed', `The model's server refused the key (${status}).`, false);
  return failure('model_invalid_request', `The model's server refused the request with ${status}${why(error)}.`, false); // rule 4
}

const failure = (code: string, message: string, retryable: boolean): NodeFailure =>
  new NodeFailure({ code, message, retryable });

/** Asked again, a model may write it as JSON. */
export const unreadableToolCall = (name: string): NodeFailure =>
  failure(
    'model_answer_invalid',
    `The model asked for the tool "${name}" with arguments that are no JSON object.`,
    true,
  );

const rateLimited = (retryAfterMs: number | undefined): NodeFailure =>
  new NodeFailure({
    code: 'model_rate_limited',
    message: "The model's server asks for fewer calls (429).",
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

/** `retry-after-ms`, or `Retry-After` in seconds or as a date. */
function restAskedFor(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const ms = Number(headers['retry-after-ms'] ?? NaN);
  if (ms >= 0) return Math.ceil(ms);
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const rest = /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(rest) ? Math.max(0, Math.ceil(rest)) : undefined;
}

/** Libraries wrap what `fetch` throws, more than once. */
function ownFailureIn(error: unknown): NodeFailure | null {
  for (
    let at = error, depth = 0;
    typeof at === 'object' && at !== null && depth < 5;
    at = (at as Error).cause, depth++
  ) {
    if (at instanceof NodeFailure) return at;
  }
  return null;
}

function why(error: unknown): string {
  const { message } = error as { message?: unknown };
  return typeof message === 'string' && message !== '' ? `: ${message.slice(0, EXCERPT)}` : '';
}
