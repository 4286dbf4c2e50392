import { RE2JS } from 're2js';
import { LeastRecentlyUsed } from './least-recently-used.js';
import { MAX_CACHED_PATTERNS, MAX_PATTERN_CLASSES, MAX_PATTERN_LENGTH, MAX_PATTERN_SIZE } from './limits.js';
import { patternSize } from './pattern-size.js';

/** A compiled pattern: RE2, which takes time in proportion to the text, whatever the pattern. */
export interface Pattern {
  /** Instructions of the automaton: with the length of the text, what a search costs at worst. */
  readonly size: number;
  /** Is it found anywhere in the text? */
  foundIn(text: string): boolean;
}

export interface PatternProblem {
  readonly tooLarge: boolean;
  readonly message: string;
}

const kept = new LeastRecentlyUsed<Pattern | PatternProblem>(MAX_CACHED_PATTERNS);

/** Compiles a pattern, or says why not. */
export const pattern = (source: string): Pattern | PatternProblem =>
  source.length > MAX_PATTERN_LENGTH
    ? tooLarge(`A pattern has ${MAX_PATTERN_LENGTH} characters at most.`)
    : kept.get(source, () => compile(source));

export const isProblem = (found: Pattern | PatternProblem): found is PatternProblem => 'message' in found;

/** Patterns up to this size have so few states that the fast automaton always serves. */
const SMALL_PATTERN = 12;

/** Units of work of one search in a text. */
export function searchCost({ size }: Pattern, characters: number): number {
  return 1 + Math.ceil(characters * (size <= SMALL_PATTERN ? 0.5 : size / 4));
}

/** Units of work to compile a pattern: letters beyond ASCII in classes make each of its characters dear. */
export const compileCost = (source: string, size: number): number => 500 + 100 * source.length + 20 * size;

/** What is too large is refused before it is compiled, since compiling it is the cost. */
function compile(source: string): Pattern | PatternProblem {
  const size = patternSize(source);
  if (size > MAX_PATTERN_SIZE) {
    return tooLarge(
      `The pattern is too large: ${size} steps with its repetitions written out; ${MAX_PATTERN_SIZE} are allowed.`,
    );
  }
  const classes = source.match(/\\p/gi)?.length ?? 0;
  if (classes > MAX_PATTERN_CLASSES)
    return tooLarge(`A pattern has ${MAX_PATTERN_CLASSES} Unicode classes at most; this has ${classes}.`);
  try {
    const compiled = RE2JS.compile(source);
    return { size: compiled.programSize(), foundIn: (text) => compiled.test(text) };
  } catch (error) {
    return { tooLarge: false, message: `This is no RE2 pattern: ${(error as Error).message}.` };
  }
}

const tooLarge = (message: string): PatternProblem => ({ tooLarge: true, message });
