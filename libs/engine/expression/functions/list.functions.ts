import type { Evaluation } from '../evaluation.js';
import { compare, equals } from '../operators.js';
import { isHostKey, kindOf, type Value, type ValueMap } from '../value.js';
import { characters, hasPairs } from './characters.js';
import { fn } from './signature.js';
import { between } from './whole-number.js';

/** Functions of lists and maps. None changes what it is given. */
export const listFunctions = {
  size: fn(['string|list|map'], 'double', size),
  keys: fn(['map'], 'list', keys),
  values: fn(['map'], 'list', (run, map) => keys(run, map).map((key) => map[key]!)),
  sum: fn(['list'], 'double', sum),
  min: fn(['any', 'any?'], 'any', (run, first, second) => extreme(run, 'min', first, second)),
  max: fn(['any', 'any?'], 'any', (run, first, second) => extreme(run, 'max', first, second)),
  sort: fn(['list'], 'list', sort),
  distinct: fn(['list'], 'list', distinct),
  flatten: fn(['list'], 'list', flatten),
  slice: fn(['list', 'double', 'double?'], 'list', slice),
};

/** Characters of a text, items of a list, entries of a map. */
function size(run: Evaluation, of: string | readonly Value[] | ValueMap): number {
  if (typeof of === 'string') {
    run.spendOnText(of.length);
    return hasPairs(of) ? characters(run, of).length : of.length;
  }
  if (Array.isArray(of)) return of.length;
  const { length } = Object.keys(of);
  run.spend(length);
  return length;
}

/** In the order the map has them. */
function keys(run: Evaluation, map: ValueMap): readonly string[] {
  const all = Object.keys(map).filter((key) => !isHostKey(key));
  run.allowList(all.length);
  return all;
}

/** Of no numbers: 0. */
function sum(run: Evaluation, list: readonly Value[]): number {
  run.spend(list.length);
  let total = 0;
  for (const item of list) {
    if (typeof item !== 'number') return run.fail(`sum() adds numbers; there is a ${kindOf(item)} in the list.`);
    total += item;
  }
  return run.number(total);
}

/** Of a list, or of two values; of an empty list there is none. */
function extreme(run: Evaluation, name: 'min' | 'max', first: Value, second: Value | undefined): Value {
  const candidates = second === undefined ? first : [first, second];
  if (!Array.isArray(candidates)) return run.fail(`${name}() takes a list, or two values.`);
  if (candidates.length === 0) return run.missing(`${name}() of an empty list. Write default(${name}(…), 0).`);
  const sign = name === 'min' ? 1 : -1;
  run.spend(candidates.length);
  const best = (candidates as Value[]).reduce((best, item) => (compare(run, '<', item, best) * sign < 0 ? item : best));
  compare(run, '<', best, best); // of one item: is it of a kind that has an order?
  return best;
}

/** Ascending; items of one kind that has an order. Equal items keep their places. */
function sort(run: Evaluation, list: readonly Value[]): readonly Value[] {
  run.allowList(list.length);
  return [...list].sort((left, right) => {
    run.spend(1);
    return compare(run, '<', left, right);
  });
}

/** The first of each. */
function distinct(run: Evaluation, list: readonly Value[]): readonly Value[] {
  run.allowList(list.length);
  const scalars = new Set<Value>();
  const others: Value[] = [];
  return list.filter((item) => {
    if (typeof item === 'string') run.spendOnText(item.length);
    if (typeof item !== 'object' || item === null) return !scalars.has(item) && scalars.add(item);
    return !others.some((other) => equals(run, item, other, 0)) && others.push(item) > 0;
  });
}

/** One level: lists within the list are replaced by their items. */
function flatten(run: Evaluation, list: readonly Value[]): readonly Value[] {
  let length = 0;
  for (const item of list) length += Array.isArray(item) ? item.length : 1;
  run.spend(list.length);
  run.allowList(length);
  return list.flat() as Value[];
}

/** From one place to before another, or to the end; what lies beyond the list is cut off. */
function slice(run: Evaluation, list: readonly Value[], start: number, end?: number): readonly Value[] {
  const [from, to] = between(run, list.length, start, end);
  run.allowList(to - from);
  return list.slice(from, to);
}
