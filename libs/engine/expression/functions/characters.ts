import type { Evaluation } from '../evaluation.js';

const pair = /[\ud800-\udfff]/;

/** Has it characters that take two units? */
export const hasPairs = (text: string): boolean => pair.test(text);

/** The code points of a text. */
export function characters(run: Evaluation, text: string): readonly string[] {
  run.spend(text.length >> 2);
  return [...text];
}
