import { createHash } from 'node:crypto';
import type { Evaluation } from '../evaluation.js';
import { inText } from '../leaving.js';
import { MAX_LIST_LENGTH } from '../limits.js';
import { compileCost, isProblem, pattern, searchCost, type Pattern } from '../pattern.js';
import type { Value } from '../value.js';
import { characters, hasPairs } from './characters.js';
import { indexIn } from './search.js';
import { fn } from './signature.js';
import { between } from './whole-number.js';

/** Functions of texts. Places are counted in characters (code points). */
export const textFunctions = {
  startsWith: fn(['string', 'string'], 'bool', (run, text, start) => {
    run.spendOnText(start.length);
    return text.startsWith(start);
  }),
  endsWith: fn(['string', 'string'], 'bool', (run, text, end) => {
    run.spendOnText(end.length);
    return text.endsWith(end);
  }),
  contains: fn(['string', 'string'], 'bool', (run, text, part) => indexIn(run, text, part, 0) !== -1),
  matches: fn(['string', 'string'], 'bool', matches),
  trim: fn(['string'], 'string', (run, text) => changed(run, text, (it) => it.trim())),
  lower: fn(['string'], 'string', (run, text) => recased(run, text, (it) => it.toLowerCase())),
  upper: fn(['string'], 'string', (run, text) => recased(run, text, (it) => it.toUpperCase())),
  replace: fn(['string', 'string', 'string'], 'string', replace),
  substring: fn(['string', 'double', 'double?'], 'string', substring),
  split: fn(['string', 'string'], 'list', split),
  join: fn(['list', 'string?'], 'string', join),
  base64: fn(['string'], 'string', (run, text) =>
    changed(run, text, (it) => Buffer.from(it, 'utf8').toString('base64')),
  ),
  sha256: fn(['string'], 'string', (run, text) => {
    run.spendOnText(text.length);
    return createHash('sha256').update(text, 'utf8').digest('hex');
  }),
};

/** A text made of a text, at most a few times as long. */
function changed(run: Evaluation, text: string, change: (text: string) => string): string {
  run.allowText(text.length);
  const result = change(text);
  run.allowText(result.length);
  return result;
}

/** Letters beyond ASCII take the host far longer than others. */
function recased(run: Evaluation, text: string, change: (text: string) => string): string {
  run.spend(text.length >> 4);
  return changed(run, text, change);
}

function matches(run: Evaluation, text: string, source: string): boolean {
  const found = run.patterns.get(source) ?? firstUse(run, source);
  run.spendOnText(source.length);
  run.spend(searchCost(found, text.length));
  return found.foundIn(text);
}

/** Compiling counts once in each evaluation, kept or not: what one costs must not depend on what ran before it. */
function firstUse(run: Evaluation, source: string): Pattern {
  const found = pattern(source);
  run.spend(compileCost(source, isProblem(found) ? 0 : found.size));
  if (isProblem(found)) return found.tooLarge ? run.tooLarge(found.message) : run.fail(found.message);
  run.patterns.set(source, found);
  return found;
}

/** Every occurrence, from left to right. */
function replace(run: Evaluation, text: string, part: string, by: string): string {
  if (part === '') return run.fail('replace() needs a part to look for; it is empty.');
  const pieces: string[] = [];
  let length = text.length;
  let from = 0;
  for (let at = indexIn(run, text, part, 0); at !== -1; at = indexIn(run, text, part, from)) {
    length += by.length - part.length;
    pieces.push(text.slice(from, at), by);
    from = at + part.length;
  }
  run.allowText(length);
  pieces.push(text.slice(from));
  return pieces.join('');
}

/** From one place to before another, or to the end; what lies beyond the text is cut off. */
function substring(run: Evaluation, text: string, start: number, end?: number): string {
  run.allowText(text.length);
  if (!hasPairs(text)) return text.slice(...between(run, text.length, start, end));
  const all = characters(run, text);
  return all.slice(...between(run, all.length, start, end)).join('');
}

function split(run: Evaluation, text: string, separator: string): readonly Value[] {
  if (separator === '') {
    run.spendOnText(text.length);
    const all = characters(run, text);
    run.allowList(all.length);
    return all;
  }
  const parts: string[] = [];
  let from = 0;
  for (let at = indexIn(run, text, separator, 0); at !== -1; at = indexIn(run, text, separator, from)) {
    parts.push(text.slice(from, at));
    from = at + separator.length;
    if (parts.length > MAX_LIST_LENGTH) break;
  }
  parts.push(text.slice(from));
  run.allowList(parts.length);
  return parts;
}

/** Items stand as they do within a text; without a separator a comma is between them. */
function join(run: Evaluation, list: readonly Value[], separator = ','): string {
  run.spend(list.length);
  const parts: string[] = [];
  let length = 0;
  for (const item of list) {
    const part = inText(run, item);
    length += part.length + separator.length;
    if (parts.length % 64 === 0) run.checkText(length);
    parts.push(part);
  }
  run.allowText(Math.max(0, length - separator.length));
  return parts.join(separator);
}
