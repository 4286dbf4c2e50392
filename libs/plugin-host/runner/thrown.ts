import { type JsonValue, NodeFailure, type NodeFailureOptions } from '#plugin-sdk';
import { problemOfJson } from './json-check.js';
import { isUsage } from './result-check.js';

const CODE = /^[a-z][a-z0-9_]{0,63}$/;
const LONGEST = 1_000;

/**
 * What a node threw, as a failure that can be recorded.
 *
 * 1. A failure stays what it is, from whichever copy of the SDK. Details that are no JSON, and usage that is no number, are left out.
 * 2. After the abort of the step, whatever was thrown came of the abort: its outcome is uncertain.
 * 3. Anything else is `internal`, and may pass. Its message loses stack and file paths: those are for logs.
 */
export function failureFrom(thrown: unknown, signal: AbortSignal): NodeFailure {
  if (isFailure(thrown)) return recordable(thrown); // rule 1
  if (signal.aborted) {
    if (isFailure(signal.reason)) return signal.reason;
    return new NodeFailure({ code: 'aborted', message: 'The step was aborted.', retryable: true, uncertain: true }); // rule 2
  }
  return new NodeFailure({ code: 'internal', message: messageOf(thrown), retryable: true }); // rule 3
}

const isFailure = (thrown: unknown): thrown is NodeFailure =>
  thrown instanceof NodeFailure ||
  (typeof thrown === 'object' &&
    thrown !== null &&
    'name' in thrown &&
    thrown.name === 'NodeFailure' &&
    'code' in thrown);

function recordable(failure: NodeFailure): NodeFailure {
  const { code, message, retryable, uncertain, retryAfterMs, details, usage } = failure;
  const own = failure instanceof NodeFailure;
  const named = typeof code === 'string' && CODE.test(code);
  const resting = isRest(retryAfterMs);
  const detailed = details === undefined || problemOfJson(details, 'details') === null;
  const said = typeof message === 'string' && message.isWellFormed();
  const counted = usage === undefined || (typeof usage === 'object' && usage !== null && isUsage(usage));
  if (own && named && resting && detailed && said && counted) return failure;
  return new NodeFailure({
    code: named ? code : 'internal',
    message: String(message).toWellFormed(),
    retryable: retryable === true,
    uncertain: uncertain === true,
    ...(resting && retryAfterMs !== undefined && { retryAfterMs }),
    ...(detailed && details !== undefined && { details: details as JsonValue }),
    ...(counted && usage !== undefined && { usage }),
  } satisfies NodeFailureOptions);
}

const isRest = (ms: unknown): boolean => ms === undefined || (Number.isSafeInteger(ms) && (ms as number) >= 0);

/** Errors of Node's own are of another realm under test, so nothing is asked of their class. */
function messageOf(thrown: unknown): string {
  const { name, message } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    name?: unknown;
    message?: unknown;
  };
  const text =
    typeof message === 'string' ? `${typeof name === 'string' ? name : 'Error'}: ${message}` : String(thrown);
  return `The node failed unexpectedly. ${withoutPaths(text).slice(0, LONGEST).toWellFormed()}`;
}

const withoutPaths = (text: string): string =>
  text
    .replace(/\n\s+at [\s\S]*$/, '')
    .replace(/file:\/\/\S+/g, '[file]')
    .replace(/(^|[\s'"(])(?:\/|[A-Za-z]:\\)[^\s'")]*[/\\][^\s'")]*/g, '$1[file]');
