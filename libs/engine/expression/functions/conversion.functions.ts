import { MAX_LIST_LENGTH } from '../limits.js';
import type { Evaluation } from '../evaluation.js';
import { checkDepth, inText, printed } from '../leaving.js';
import { Duration, isHostKey, kindOf, Timestamp, type Value } from '../value.js';
import { fn } from './signature.js';

/** Functions that make a value of one kind from one of another. */
export const conversionFunctions = {
  type: fn(['any'], 'string', (_run, value) => kindOf(value)!),
  string: fn(['string|double|bool|timestamp|duration'], 'string', inText),
  int: fn(['double|string|timestamp|duration'], 'double', int),
  double: fn(['double|string'], 'double', (run, value) =>
    typeof value === 'number' ? value : parsedNumber(run, value),
  ),
  bool: fn(['bool|string'], 'bool', bool),
  json: fn(['any'], 'string', json),
  parse_json: fn(['string'], 'any', parseJson),
};

/** Cuts off the fraction; of a text: a whole number as written; of times: whole seconds. */
function int(run: Evaluation, value: number | string | Timestamp | Duration): number {
  const number = whole(run, value);
  return Number.isSafeInteger(number)
    ? run.number(number)
    : run.fail(`int() gives whole numbers up to 2^53 - 1; this is ${number}.`);
}

function whole(run: Evaluation, value: number | string | Timestamp | Duration): number {
  if (typeof value === 'number') return Math.trunc(value);
  if (value instanceof Timestamp || value instanceof Duration) return Math.trunc(value.ms / 1_000);
  return /^[+-]?\d{1,16}$/.test(value) ? Number(value) : run.fail('int() reads whole numbers; this text is none.');
}

const written = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function parsedNumber(run: Evaluation, text: string): number {
  return text.length <= 400 && written.test(text)
    ? run.number(Number(text))
    : run.fail('double() reads numbers; this text is none.');
}

function bool(run: Evaluation, value: boolean | string): boolean {
  if (typeof value === 'boolean') return value;
  return value === 'true' || (value === 'false' ? false : run.fail("bool() reads 'true' and 'false'."));
}

function json(run: Evaluation, value: Value): string {
  const text = printed(run, value);
  run.allowText(text.length);
  return text;
}

function parseJson(run: Evaluation, text: string): Value {
  run.allowText(text.length);
  run.spendOnText(8 * text.length);
  run.made = true;
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch {
    return run.fail('parse_json() was given a text that is no JSON.');
  }
  checkParsed(run, value, 0);
  return value;
}

/** What is read obeys the bounds of what is made. */
function checkParsed(run: Evaluation, value: Value, depth: number): void {
  if (typeof value === 'number') run.number(value);
  if (typeof value !== 'object' || value === null) return;
  checkDepth(run, depth);
  const keys = Array.isArray(value) ? null : Object.keys(value);
  const parts = Object.values(value) as Value[];
  if (parts.length > MAX_LIST_LENGTH)
    run.tooLarge(`parse_json() gives lists and maps of ${MAX_LIST_LENGTH} parts at most.`);
  run.spend(1 + parts.length);
  if (keys?.some(isHostKey)) run.fail('__proto__, constructor and prototype may not be keys.');
  for (const part of parts) checkParsed(run, part, depth + 1);
}
