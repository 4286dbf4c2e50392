import { CHARACTERS_PER_UNIT, MAX_LIST_LENGTH, MAX_STRING_LENGTH, MAX_WORK } from './limits.js';
import type { Pattern } from './pattern.js';
import { Fault } from './fault.js';
import { isHostKey, type Value, type ValueMap } from './value.js';

/** Root identifiers: gives their value, or undefined for a name that is unknown. Values are plain JSON. */
export type Names = (name: string) => unknown;

const WORK_OF_A_FAULT = 10;

/** One evaluation under way: its names, its variables, and what it may still spend. */
export class Evaluation {
  /** Units of work left. */
  left: number;
  /** Where in the source the present operation stands. */
  at = 0;
  /** The variables of comprehensions, by their nesting. */
  readonly variables: Value[] = [];
  /** The patterns of `matches` used so far. */
  readonly patterns = new Map<string, Pattern>();
  /** Made a list, a map or a time: what leaves has to be looked through. */
  made = false;

  constructor(
    readonly names: Names,
    work: number = MAX_WORK,
  ) {
    this.left = work;
  }

  /** Counts work. Throws when there is none left. */
  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) {
      throw new Fault(
        'expression_too_costly',
        'The expression does too much work. Use shorter lists and texts, or a map or loop node.',
        this.at,
      );
    }
  }

  spendOnText(characters: number): void {
    this.spend(1 + Math.ceil(characters / CHARACTERS_PER_UNIT));
  }

  fail(message: string): never {
    throw new Fault('expression_failed', message, this.at);
  }

  missing(message: string | (() => string)): never {
    throw new Fault('expression_failed', message, this.at, true);
  }

  /** A fault that another operand may outweigh; a throw counts as work. Throws what may not be absorbed: a bound, or a bug. */
  absorb(fault: unknown): Fault {
    if (!(fault instanceof Fault && fault.absorbable)) throw fault;
    this.spend(WORK_OF_A_FAULT);
    return fault;
  }

  tooLarge(message: string): never {
    throw new Fault('expression_too_large', message, this.at);
  }

  /** Asked before a text is made. */
  allowText(length: number): void {
    this.checkText(length);
    this.spendOnText(length);
  }

  checkText(length: number): void {
    if (length > MAX_STRING_LENGTH)
      this.tooLarge(`It makes a text of ${length} characters; ${MAX_STRING_LENGTH} are allowed.`);
  }

  /** Asked before a list is made. */
  allowList(length: number): void {
    if (length > MAX_LIST_LENGTH) this.tooLarge(`It makes a list of ${length} items; ${MAX_LIST_LENGTH} are allowed.`);
    this.made = true;
    this.spend(1 + length);
  }

  /** Every number that is made passes here: neither NaN nor infinity nor a negative zero is JSON. */
  number(value: number): number {
    if (!Number.isFinite(value)) this.fail('The result is no finite number.');
    return value + 0;
  }

  /** Every map that is made gets its keys here. */
  put(map: Record<string, Value>, key: string, value: Value): void {
    if (isHostKey(key)) this.fail(`"${key}" may not be a key.`);
    map[key] = value;
  }

  newMap(): Record<string, Value> & ValueMap {
    this.made = true;
    return {};
  }
}
