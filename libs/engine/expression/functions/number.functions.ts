import type { Evaluation } from '../evaluation.js';
import { fn } from './signature.js';

const MOST_DIGITS = 15;

/** Functions of numbers. */
export const numberFunctions = {
  round: fn(['double', 'double?'], 'double', round),
  floor: fn(['double'], 'double', (run, value) => run.number(Math.floor(value))),
  ceil: fn(['double'], 'double', (run, value) => run.number(Math.ceil(value))),
  abs: fn(['double'], 'double', (run, value) => run.number(Math.abs(value))),
};

/** Half away from zero, to whole numbers or to some decimal digits, as the number is written. */
function round(run: Evaluation, value: number, digits = 0): number {
  if (!Number.isInteger(digits) || digits < 0 || digits > MOST_DIGITS) {
    return run.fail(`round() keeps 0 to ${MOST_DIGITS} decimal digits; this is ${digits}.`);
  }
  const size = Math.abs(value);
  const rounded =
    size < 1e21 && size >= 1e-6
      ? Number(`${Math.round(Number(`${size}e${digits}`))}e-${digits}`)
      : Number(size.toFixed(digits));
  return run.number(Number.isNaN(rounded) ? value : Math.sign(value) * rounded);
}
