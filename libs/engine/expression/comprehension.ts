import type { Evaluation } from './evaluation.js';
import type { Fault } from './fault.js';
import { MAX_LIST_LENGTH } from './limits.js';
import type { Compile, Run, Scope } from './run.js';
import type { ComprehensionNode } from './syntax-tree.js';
import { described, isMap, type Value } from './value.js';

/** `all`, `exists`, `exists_one`, `map` and `filter` over the items of a list or the keys of a map. */
export function compileComprehension(node: ComprehensionNode, scope: Scope, compile: Compile): Run {
  const slot = new Set(scope.values()).size;
  const inner = new Map(scope).set(node.variable, slot);
  const over = compile(node.over, scope);
  const where = node.where && compile(node.where, inner);
  const body = compile(node.body, inner);
  const fold = folds[node.macro];
  const { at, macro } = node;
  const test =
    (condition: Run): Test =>
    (run, item) => {
      run.variables[slot] = item;
      const held = condition(run);
      run.at = at;
      return typeof held === 'boolean'
        ? held
        : run.fail(`The condition of ${macro}() gives a bool; this is ${described(held)}.`);
    };
  const parts: Parts = {
    test: test(body),
    where: where && test(where),
    value: (run, item) => {
      run.variables[slot] = item;
      return body(run);
    },
  };
  return (run) => {
    const source = over(run);
    run.at = at;
    return fold(run, itemsOf(run, source, macro), parts);
  };
}

type Test = (run: Evaluation, item: Value) => boolean;

interface Parts {
  readonly test: Test;
  readonly where: Test | null;
  readonly value: (run: Evaluation, item: Value) => Value;
}

function itemsOf(run: Evaluation, source: Value, macro: string): readonly Value[] {
  run.spend(1);
  if (Array.isArray(source)) return source as readonly Value[];
  if (!isMap(source))
    return run.fail(`${macro}() goes over a list or the keys of a map; this is ${described(source)}.`);
  const keys = Object.keys(source);
  run.spend(keys.length);
  return keys;
}

const folds: Record<ComprehensionNode['macro'], (run: Evaluation, items: readonly Value[], parts: Parts) => Value> = {
  all: (run, items, { test }) => !decided(run, items, test, false),
  exists: (run, items, { test }) => decided(run, items, test, true),

  exists_one(run, items, { test }) {
    let found = 0;
    for (const item of items) {
      run.spend(1);
      if (test(run, item)) found++;
    }
    return found === 1;
  },

  map(run, items, { where, value }) {
    run.made = true;
    const made: Value[] = [];
    for (const item of items) {
      run.spend(1);
      if (where && !where(run, item)) continue;
      checkRoom(run, made);
      made.push(value(run, item));
    }
    return made;
  },

  filter(run, items, { test }) {
    run.made = true;
    const kept: Value[] = [];
    for (const item of items) {
      run.spend(1);
      if (!test(run, item)) continue;
      checkRoom(run, kept);
      kept.push(item);
    }
    return kept;
  },
};

/** Is there an item of the deciding outcome? One that decides outweighs any number that fail, wherever they stand. */
function decided(run: Evaluation, items: readonly Value[], test: Test, decisive: boolean): boolean {
  let failure: Fault | null = null;
  for (const item of items) {
    run.spend(1);
    try {
      if (test(run, item) === decisive) return true;
    } catch (fault) {
      const absorbed = run.absorb(fault); // each one is looked at: a bound after a failure is still a bound
      failure ??= absorbed;
    }
  }
  if (failure) throw failure;
  return false;
}

function checkRoom(run: Evaluation, made: readonly Value[]): void {
  if (made.length >= MAX_LIST_LENGTH) run.tooLarge(`It makes a list of more than ${MAX_LIST_LENGTH} items.`);
}
