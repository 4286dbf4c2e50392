import type { Evaluation } from './evaluation.js';
import type { Compile, Run, Scope } from './run.js';
import type { IndexNode, SelectNode, SyntaxNode } from './syntax-tree.js';
import { described, isHostKey, isMap, kindOf, type Value } from './value.js';

/** A path's value, or undefined where a step of it is missing. */
export type Lookup = (run: Evaluation) => Value | undefined;

/** `target.key` and `target[key]`: what is missing is a failure. */
export function compilePath(node: SelectNode | IndexNode, scope: Scope, compile: Compile): Run {
  const target = compile(node.target, scope);
  const { at } = node;
  if (node.op === 'select') {
    const { key } = node;
    const never = isHostKey(key);
    return (run) => {
      const from = target(run);
      run.spend(1);
      run.at = at;
      const value = never ? undefined : own(from, key);
      return value === undefined ? notThere(run, from, key) : data(run, value);
    };
  }
  const keyOf = compile(node.key, scope);
  return (run) => {
    const from = target(run);
    const key = keyOf(run);
    run.at = at;
    const value = part(run, from, key);
    return value === undefined ? notThere(run, from, key) : data(run, value);
  };
}

/** The same without failures for what is missing: for `has` and `default`. Anything but a path is evaluated as it is. */
export function compileLookup(node: SyntaxNode, scope: Scope, compile: Compile): Lookup {
  if (node.op === 'name' && !scope.has(node.name)) return compileRoot(node.name, compile(node, scope));
  if (node.op !== 'select' && node.op !== 'index') return compile(node, scope);
  const target = compileLookup(node.target, scope, compile);
  const keyOf = node.op === 'index' ? compile(node.key, scope) : null;
  const { at } = node;
  return (run) => {
    const from = target(run);
    if (from === undefined) return undefined;
    const key = keyOf ? keyOf(run) : (node as SelectNode).key;
    run.at = at;
    const value = isReachable(from, key) ? part(run, from, key) : undefined;
    return value === undefined ? undefined : data(run, value);
  };
}

/** A name that is not there here (`error` off an error path) is missing too. */
function compileRoot(name: string, value: Run): Lookup {
  return (run) => {
    run.spend(1);
    return isHostKey(name) || run.names(name) === undefined ? undefined : value(run);
  };
}

const isReachable = (from: Value, key: Value) =>
  Array.isArray(from) ? typeof key === 'number' : isMap(from) && typeof key === 'string';

/** Only what an object has of its own: nothing of its prototype is ever reached. */
const own = (from: Value, key: string): unknown => (isMap(from) && Object.hasOwn(from, key) ? from[key] : undefined);

function part(run: Evaluation, from: Value, key: Value): unknown {
  run.spend(1);
  if (Array.isArray(from)) {
    if (typeof key !== 'number') return run.fail(`A list is indexed by a whole number; this is ${described(key)}.`);
    return Number.isInteger(key) && key >= 0 && key < from.length ? from[key] : undefined;
  }
  if (!isMap(from)) return undefined;
  if (typeof key !== 'string') return run.fail(`A map is indexed by a string; this is ${described(key)}.`);
  run.spendOnText(key.length);
  return isHostKey(key) ? undefined : own(from, key);
}

function data(run: Evaluation, value: unknown): Value {
  return kindOf(value) === null ? run.fail('What is there is no data.') : (value as Value);
}

const MOST_KEYS_NAMED = 8;

function notThere(run: Evaluation, from: Value, key: Value): never {
  return run.missing(() => notThereInWords(from, key));
}

function notThereInWords(from: Value, key: Value): string {
  const name = typeof key === 'string' ? JSON.stringify(key.slice(0, 64)) : String(key);
  if (Array.isArray(from)) return `There is no item ${name}: the list has ${from.length}.`;
  if (!isMap(from)) {
    const advice =
      typeof from === 'string' && typeof key === 'string' ? ` Functions are called: ${key.slice(0, 64)}().` : '';
    return `There is no ${name} in ${described(from)}.${advice}`;
  }
  const keys = Object.keys(from);
  const named = keys.slice(0, MOST_KEYS_NAMED).map((each) => JSON.stringify(each.slice(0, 64)));
  const there = keys.length === 0 ? 'nothing' : `${named.join(', ')}${keys.length > named.length ? ', …' : ''}`;
  return `There is no key ${name}; there is ${there}. Where it may be missing, write default(…, …) or has(…).`;
}
