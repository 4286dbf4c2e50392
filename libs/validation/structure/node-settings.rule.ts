import { didYouMean, type NodeData } from '#engine';
import type { JsonValue, NodeKind } from '#plugin-sdk';
import { retryBounds } from '../limits.js';
import { rule } from '../rule.js';

/** A setting as it came: reading a graph leaves its type to this rule. */
type Sent = JsonValue | undefined;
interface Problem {
  readonly at: string;
  readonly message: string;
}

/** What stands in `data` beside the config has the form that the engine reads. */
export const nodeSettings = rule('structure.node_settings', ({ nodes }) =>
  nodes.flatMap(({ node, path, definition }) =>
    [...problemsOf(node.data), ...waitProblems(node.data, definition?.descriptor.kind)].map(({ at, message }) => ({
      path: `${path}/data${at}`,
      node_id: node.id,
      message,
    })),
  ),
);

function problemsOf(data: NodeData): readonly Problem[] {
  const { retry, timeout_ms, on_error, on_uncertain, enabled, compensate, effects } = data as object as {
    readonly [key: string]: Sent;
  };
  return [
    ...retryProblems(retry),
    ...unless(
      fits(timeout_ms, (value) => isInteger(value) && value >= 1),
      '/timeout_ms',
      '"timeout_ms" is a whole number of milliseconds, from 1.',
    ),
    ...unless(fits(on_error, isOnError), '/on_error', '"on_error" is "fail", "continue" or {"value": …}.'),
    ...unless(
      fits(on_uncertain, oneOf('retry', 'fail', 'ask')),
      '/on_uncertain',
      '"on_uncertain" is "retry", "fail" or "ask".',
    ),
    ...unless(
      fits(enabled, (value) => typeof value === 'boolean'),
      '/enabled',
      '"enabled" is true or false.',
    ),
    ...unless(
      fits(compensate, (value) => typeof value === 'string'),
      '/compensate',
      '"compensate" is the id of a node.',
    ),
    ...unless(
      fits(effects, oneOf('none', 'read', 'write', 'wait')),
      '/effects',
      '"effects" is "none", "read" or "write".',
    ),
  ];
}

/** A time-out is that of an attempt, and a wait makes none. */
function waitProblems({ timeout_ms }: NodeData, kind: NodeKind | undefined): readonly Problem[] {
  const message =
    'A node that waits has no attempts, and so no "timeout_ms". Leave it out; bound the wait in its config.';
  return unless(kind !== 'wait' || timeout_ms === undefined, '/timeout_ms', message);
}

function retryProblems(retry: Sent): readonly Problem[] {
  if (retry === undefined) return [];
  if (retry === null || typeof retry !== 'object' || Array.isArray(retry))
    return [{ at: '/retry', message: '"retry" is an object: {"max_attempts": 3, "backoff_ms": 500}.' }];
  const known = [...Object.keys(retryBounds), 'non_retryable'];
  return Object.entries(retry).flatMap(([key, value]) => {
    const at = `/retry/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (key === 'non_retryable') return unless(isTexts(value), at, '"non_retryable" is a list of failure codes.');
    if (!Object.hasOwn(retryBounds, key))
      return [{ at, message: `A retry policy has no such key.${didYouMean(key, known)} It has ${known.join(', ')}.` }];
    const { least, most } = retryBounds[key as keyof typeof retryBounds];
    const whole = key === 'max_attempts' || key.endsWith('_ms');
    const inside = typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value));
    return unless(inside, at, `"${key}" is a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  });
}

const unless = (fine: boolean, at: string, message: string): readonly Problem[] => (fine ? [] : [{ at, message }]);
const fits = (value: Sent, check: (value: JsonValue) => boolean): boolean => value === undefined || check(value);
const isInteger = (value: JsonValue): value is number => Number.isSafeInteger(value);
const isTexts = (value: JsonValue): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
const oneOf =
  (...words: readonly string[]) =>
  (value: JsonValue): boolean =>
    typeof value === 'string' && words.includes(value);

function isOnError(value: JsonValue): boolean {
  if (value === 'fail' || value === 'continue') return true;
  return value !== null && typeof value === 'object' && Object.keys(value).join() === 'value';
}
