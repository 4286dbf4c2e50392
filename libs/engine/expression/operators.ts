import type { Evaluation } from './evaluation.js';
import { checkDepth } from './leaving.js';
import type { BinaryOperator } from './syntax-tree.js';
import { described, Duration, isHostKey, isMap, kindOf, Timestamp, type Value, type ValueMap } from './value.js';

type Operation = (run: Evaluation, left: Value, right: Value) => Value;

/** Strict: nothing is coerced, and operands that do not fit fail. Numbers come first, being the usual case. */
export const operations: Record<BinaryOperator, Operation> = {
  '+': add,
  '-': subtract,
  '*': (run, left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return run.number(left * right);
    return mismatch(run, '*', left, right);
  },
  '/': (run, left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') return mismatch(run, '/', left, right);
    return right === 0 ? run.fail('Division by zero.') : run.number(left / right);
  },
  '%': (run, left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') return mismatch(run, '%', left, right);
    return right === 0 ? run.fail('Remainder of a division by zero.') : run.number(left % right);
  },
  '==': (run, left, right) => equals(run, left, right, 0),
  '!=': (run, left, right) => !equals(run, left, right, 0),
  '<': (run, left, right) => compare(run, '<', left, right) < 0,
  '<=': (run, left, right) => compare(run, '<=', left, right) <= 0,
  '>': (run, left, right) => compare(run, '>', left, right) > 0,
  '>=': (run, left, right) => compare(run, '>=', left, right) >= 0,
  in: contains,
};

function mismatch(run: Evaluation, operator: BinaryOperator, left: Value, right: Value): never {
  const texts = operator === '+' && (typeof left === 'string' || typeof right === 'string');
  const advice = texts ? ' Nothing is converted by itself: write string(x) or json(x).' : '';
  return run.fail(`'${operator}' cannot take ${described(left)} and ${described(right)}.${advice}`);
}

function add(run: Evaluation, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return run.number(left + right);
  if (typeof left === 'string' && typeof right === 'string') {
    run.allowText(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    run.allowList(left.length + right.length);
    return [...(left as Value[]), ...(right as Value[])];
  }
  if (left instanceof Timestamp && right instanceof Duration) return timestamp(run, left.ms + right.ms);
  if (left instanceof Duration && right instanceof Timestamp) return timestamp(run, left.ms + right.ms);
  if (left instanceof Duration && right instanceof Duration) return duration(run, left.ms + right.ms);
  return mismatch(run, '+', left, right);
}

function subtract(run: Evaluation, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return run.number(left - right);
  if (left instanceof Timestamp && right instanceof Timestamp) return duration(run, left.ms - right.ms);
  if (left instanceof Timestamp && right instanceof Duration) return timestamp(run, left.ms - right.ms);
  if (left instanceof Duration && right instanceof Duration) return duration(run, left.ms - right.ms);
  return mismatch(run, '-', left, right);
}

/** Years 0001 to 9999, as RFC 3339 has them. */
const firstInstant = Date.parse('0001-01-01T00:00:00Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/** A timestamp from milliseconds since 1970. Fails outside of the years 0001 to 9999. */
export function timestamp(run: Evaluation, ms: number): Timestamp {
  if (!(ms >= firstInstant && ms <= lastInstant)) run.fail('A timestamp lies between the years 0001 and 9999.');
  run.made = true;
  return new Timestamp(Math.trunc(ms));
}

/** A duration from milliseconds. Fails beyond 10,000 years. */
export function duration(run: Evaluation, ms: number): Duration {
  if (!(Math.abs(ms) <= lastInstant - firstInstant)) run.fail('A duration is 10,000 years at most.');
  run.made = true;
  return new Duration(Math.trunc(ms) + 0);
}

/** Numbers, texts (by UTF-16 units), bools, timestamps and durations have an order, each among themselves. */
export function compare(run: Evaluation, operator: BinaryOperator, left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') {
    run.spendOnText(Math.min(left.length, right.length));
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms - right.ms;
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms;
  return mismatch(run, operator, left, right);
}

/** Values of different kinds are never equal; lists by their items in order, maps by their entries in any order. */
export function equals(run: Evaluation, left: Value, right: Value, depth: number): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
    return equalScalars(run, left, right);
  }
  checkDepth(run, depth);
  run.spend(1);
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length &&
      left.every((item, index) => equals(run, item as Value, right[index] as Value, depth + 1))
    );
  }
  if (left instanceof Timestamp && right instanceof Timestamp) return left.ms === right.ms;
  if (left instanceof Duration && right instanceof Duration) return left.ms === right.ms;
  return isMap(left) && isMap(right) && equalMaps(run, left, right, depth);
}

function equalScalars(run: Evaluation, left: Value, right: Value): boolean {
  run.spend(1);
  if (typeof left === 'string' && typeof right === 'string' && left.length === right.length)
    run.spendOnText(left.length);
  if (kindOf(left) === null || kindOf(right) === null) run.fail('Only data can be compared.');
  return left === right;
}

function equalMaps(run: Evaluation, left: ValueMap, right: ValueMap, depth: number): boolean {
  const keys = Object.keys(left);
  run.spend(2 * keys.length);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equals(run, left[key]!, right[key]!, depth + 1));
}

function contains(run: Evaluation, item: Value, within: Value): boolean {
  if (Array.isArray(within)) {
    run.spend(within.length >> 3);
    return within.some((each) => equals(run, item, each as Value, 0));
  }
  if (isMap(within)) {
    if (typeof item !== 'string') return false;
    run.spendOnText(item.length);
    return !isHostKey(item) && Object.hasOwn(within, item);
  }
  const advice = typeof within === 'string' ? " In a text: text.contains('part')." : '';
  return run.fail(`'in' looks in a list or in the keys of a map; this is ${described(within)}.${advice}`);
}
