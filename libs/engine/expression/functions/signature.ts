import type { Evaluation } from '../evaluation.js';
import { described, kindOf, type Duration, type Kind, type Timestamp, type Value, type ValueMap } from '../value.js';

interface TypeOfKind {
  any: Value;
  null_type: null;
  bool: boolean;
  double: number;
  string: string;
  list: readonly Value[];
  map: ValueMap;
  timestamp: Timestamp;
  duration: Duration;
}

/** What a function takes at one place: kinds with `|` between them, `any`, and `?` after what may be left out. */
type TypeOf<P extends string> = P extends `${infer Required}?`
  ? TypeOf<Required> | undefined
  : P extends `${infer First}|${infer Rest}`
    ? TypeOf<First> | TypeOf<Rest>
    : P extends keyof TypeOfKind
      ? TypeOfKind[P]
      : never;

type TypesOf<P extends readonly string[]> = { readonly [Index in keyof P]: TypeOf<P[Index]> };

/** One function of the language: what it takes, what it gives, what it does. `f(x, y)` and `x.f(y)` are the same. */
export interface LanguageFunction {
  readonly takes: readonly Parameter[];
  readonly gives: Kind | 'any';
  /** Arguments are of the kinds that `takes` says. */
  apply(run: Evaluation, ...args: readonly Value[]): Value;
}

export interface Parameter {
  readonly kinds: readonly string[];
  readonly optional: boolean;
}

/** Describes a function; the types of its arguments follow from what it takes. */
export function fn<const P extends readonly string[]>(
  takes: P,
  gives: Kind | 'any',
  apply: (run: Evaluation, ...args: TypesOf<P>) => Value,
): LanguageFunction {
  const parameters = takes.map((taken) => ({
    kinds: taken.replace('?', '').split('|'),
    optional: taken.endsWith('?'),
  }));
  return { takes: parameters, gives, apply: apply as LanguageFunction['apply'] };
}

/** What is wrong with the number of arguments; null if nothing is. */
export function countProblem(name: string, { takes }: LanguageFunction, given: number): string | null {
  const least = takes.filter(({ optional }) => !optional).length;
  if (given >= least && given <= takes.length) return null;
  const wanted = least === takes.length ? `${least}` : `${least} to ${takes.length}`;
  return `${name}() takes ${wanted} ${wanted === '1' ? 'value' : 'values'} (in x.${name}(…) the x is the first); here are ${given}.`;
}

/** Fails unless each argument is of a kind that the function takes there. */
export function checkArguments(
  run: Evaluation,
  name: string,
  { takes }: LanguageFunction,
  args: readonly Value[],
): void {
  for (let index = 0; index < args.length; index++) {
    const { kinds } = takes[index]!;
    const kind = kindOf(args[index]);
    if (kind === null || !(kinds[0] === 'any' || kinds.includes(kind)))
      run.fail(wrongKind(name, kinds, described(args[index]), index));
  }
}

const ordinals = ['first', 'second', 'third'];

export const wrongKind = (name: string, kinds: readonly string[], given: string, index: number): string =>
  `${name}() takes ${kinds.map((kind) => `a ${kind}`).join(' or ')} as its ${ordinals[index]} value; this is ${given}.`;
