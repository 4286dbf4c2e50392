import type { Evaluation } from '../evaluation.js';

/** Longest part that the host's own search finds in linear time, whatever the text. */
const LONGEST_NATIVE_PART = 200;

/** Where a part begins in a text, from a place on; -1 if nowhere. Linear in the text: a long part can make the host's search quadratic. */
export function indexIn(run: Evaluation, text: string, part: string, from: number): number {
  if (part.length <= LONGEST_NATIVE_PART) {
    const found = text.indexOf(part, from);
    run.spendOnText(2 * ((found === -1 ? text.length : found + part.length) - from));
    return found;
  }
  run.spendOnText(16 * (text.length - from + part.length));
  return knuthMorrisPratt(text, part, from);
}

function knuthMorrisPratt(text: string, part: string, from: number): number {
  const fallback = borders(part);
  let matched = 0;
  for (let index = from; index < text.length; index++) {
    while (matched > 0 && text[index] !== part[matched]) matched = fallback[matched - 1]!;
    if (text[index] === part[matched]) matched++;
    if (matched === part.length) return index - matched + 1;
  }
  return -1;
}

/** For each prefix of a part: the length of the longest shorter prefix that also ends it. */
function borders(part: string): Int32Array {
  const lengths = new Int32Array(part.length);
  let length = 0;
  for (let index = 1; index < part.length; index++) {
    while (length > 0 && part[index] !== part[length]) length = lengths[length - 1]!;
    if (part[index] === part[length]) length++;
    lengths[index] = length;
  }
  return lengths;
}
