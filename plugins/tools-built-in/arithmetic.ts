/**
 * Arithmetic in a text: numbers, `+ - * / % ^`, parentheses, `pi`, `e`, and a few functions. Read by descent and
 * computed at once; nothing of the text is ever code.
 *
 * 1. `^` binds tightest and to the right; a sign before it comes after: `-2 ^ 2` is -4, `2 ^ -1` is 0.5.
 * 2. Then `* / %`, then `+ -`, both to the left. `%` keeps the sign of its left side.
 * 3. What is no finite number is an error: a division by zero, a root of a negative number, a number too large.
 *
 * Throws an `ArithmeticError` that says what stands where.
 */
export function calculate(text: string): number {
  if (text.length > LONGEST) throw new ArithmeticError(`It has more than ${LONGEST} characters.`);
  const reading = new Reading(text);
  const value = reading.sum();
  reading.end();
  return value;
}

export class ArithmeticError extends Error {}

/** In characters. */
const LONGEST = 1_000;
/** Parentheses, signs and powers inside one another. */
const DEEPEST = 100;

const constants: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

interface Called {
  readonly least: number;
  readonly most: number;
  of(...values: number[]): number;
}

const one = (of: (value: number) => number): Called => ({ least: 1, most: 1, of });
const several = (of: (...values: number[]) => number): Called => ({ least: 1, most: 100, of });

const functions: ReadonlyMap<string, Called> = new Map([
  ['abs', one(Math.abs)],
  ['sqrt', one(Math.sqrt)],
  ['floor', one(Math.floor)],
  ['ceil', one(Math.ceil)],
  ['exp', one(Math.exp)],
  ['ln', one(Math.log)],
  ['log', one(Math.log10)],
  ['sin', one(Math.sin)],
  ['cos', one(Math.cos)],
  ['tan', one(Math.tan)],
  ['round', { least: 1, most: 2, of: rounded }],
  ['min', several(Math.min)],
  ['max', several(Math.max)],
  ['sum', several((...values) => values.reduce((sum, value) => sum + value, 0))],
  ['avg', several((...values) => values.reduce((sum, value) => sum + value, 0) / values.length)],
]);

const NUMBER = /^(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/;
const NAME = /^[A-Za-z][A-Za-z0-9_]*/;

class Reading {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  sum(): number {
    let value = this.product();
    for (let sign = this.taken('+', '-'); sign !== null; sign = this.taken('+', '-')) {
      const next = this.product();
      value = finite(sign === '+' ? value + next : value - next);
    }
    return value;
  }

  end(): void {
    if (this.rest() !== '') throw this.unexpected('an operator, or the end');
  }

  private product(): number {
    let value = this.signed();
    for (let sign = this.taken('*', '/', '%'); sign !== null; sign = this.taken('*', '/', '%')) {
      const next = this.signed();
      if (sign !== '*' && next === 0) throw new ArithmeticError('It divides by zero.');
      value = finite(sign === '*' ? value * next : sign === '/' ? value / next : value % next);
    }
    return value;
  }

  private signed(): number {
    return this.inside(() => {
      const sign = this.taken('+', '-');
      if (sign === null) return this.power();
      const value = this.signed();
      return sign === '-' ? -value : value;
    });
  }

  private power(): number {
    const base = this.single();
    return this.taken('^') === null ? base : finite(base ** this.signed()); // rule 1: what follows may have a sign
  }

  private single(): number {
    const rest = this.rest();
    const number = NUMBER.exec(rest)?.[0];
    if (number !== undefined) {
      this.at += number.length;
      return finite(Number(number));
    }
    if (this.taken('(') !== null) return this.closed(this.sum());
    const name = NAME.exec(rest)?.[0];
    if (name === undefined) throw this.unexpected('a number');
    this.at += name.length;
    return this.named(name.toLowerCase());
  }

  private named(name: string): number {
    const constant = constants.get(name);
    if (constant !== undefined) return constant;
    const called = functions.get(name);
    if (called === undefined)
      throw new ArithmeticError(
        `"${name}" is neither a function nor a constant. There are ${[...functions.keys(), ...constants.keys()].join(', ')}.`,
      );
    if (this.taken('(') === null) throw this.unexpected(`"(" after ${name}`);
    const values = [this.sum()];
    while (this.taken(',') !== null) values.push(this.sum());
    if (values.length < called.least || values.length > called.most)
      throw new ArithmeticError(`${name} takes ${called.least} to ${called.most} numbers, not ${values.length}.`);
    return this.closed(finite(called.of(...values)));
  }

  private closed(value: number): number {
    if (this.taken(')') === null) throw this.unexpected('")"');
    return value;
  }

  private inside(read: () => number): number {
    this.depth += 1;
    if (this.depth > DEEPEST) throw new ArithmeticError(`It is nested deeper than ${DEEPEST}.`);
    const value = read();
    this.depth -= 1;
    return value;
  }

  private taken(...signs: readonly string[]): string | null {
    const sign = signs.find((each) => this.rest().startsWith(each));
    if (sign === undefined) return null;
    this.at += sign.length;
    return sign;
  }

  private rest(): string {
    while (/\s/.test(this.text[this.at] ?? '')) this.at += 1;
    return this.text.slice(this.at);
  }

  private unexpected(expected: string): ArithmeticError {
    const rest = this.rest();
    const found = rest === '' ? 'it ends' : `stands "${rest.slice(0, 10)}"`;
    return new ArithmeticError(`At character ${this.at + 1} ${found}, where ${expected} has to be.`);
  }
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ArithmeticError('It gives no finite number.');
}

/** Half away from zero, as people round money; decimals from 0 to 15. */
function rounded(value: number, decimals = 0): number {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 15)
    throw new ArithmeticError('round takes 0 to 15 decimals.');
  const [digits = '0', exponent = '0'] = String(Math.abs(value)).split('e');
  const shifted = Math.round(Number(`${digits}e${Number(exponent) + decimals}`));
  return Math.sign(value) * Number(`${shifted}e-${decimals}`);
}
