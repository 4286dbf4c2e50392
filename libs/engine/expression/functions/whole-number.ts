import type { Evaluation } from '../evaluation.js';

/** A place or a count: whole and not negative. */
export function wholeNumber(run: Evaluation, value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  return run.fail(`${what} is a whole number from 0 on; this is ${value}.`);
}

/** Start and end within a length: what lies beyond the end is cut off. */
export function between(
  run: Evaluation,
  length: number,
  start: number,
  end: number | undefined,
): readonly [number, number] {
  const from = Math.min(wholeNumber(run, start, 'The start'), length);
  const to = end === undefined ? length : Math.min(wholeNumber(run, end, 'The end'), length);
  return [from, Math.max(from, to)];
}
