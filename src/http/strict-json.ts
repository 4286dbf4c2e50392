import { isUtf8 } from 'node:buffer';
import { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';

/** Limits of what comes in. Each is named in the answer that it causes. `keys`: of one object; `stringLength`: UTF-16 units. */
export const jsonLimits = { bytes: 1024 * 1024, depth: 64, keys: 10_000, stringLength: 256 * 1024 } as const;

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** A body as it came over the wire: UTF-8, then `readStrictJson`. Undefined where it is empty. */
export function readStrictBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new Problem('malformed_json', 'The body is not UTF-8. Send JSON as UTF-8.');
  return readStrictJson(bytes.toString('utf8'));
}

/**
 * JSON from outside, in its raw text: what a parser would silently repair, or take for something else, is refused. One
 * pass over the text (it is on the way of every request), then the platform's own parser.
 *
 * Refused: depth over 64 · duplicate keys · `__proto__`, `constructor`, `prototype` as keys · integers beyond 2^53 − 1,
 * numbers that no double holds · lone surrogates · more than 10,000 keys in one object · strings over 256 KiB.
 */
export function readStrictJson(text: string, unsafe?: UnsafeNumbers): unknown {
  new Scanner(text, unsafe).scan();
  try {
    return unsafe ? parse(text, asText) : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new Problem('malformed_json', `The body is not valid JSON: ${(error as Error).message}`);
  }
}

/** Hears of each number that no double holds; it is then given as its text, and not refused. */
export type UnsafeNumbers = () => void;

/** The third argument says how a number was written, before it became a double. The library's types do not know it yet. */
const parse = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

const asText = (_key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === 'number' && !isFaithful(value, source ?? '') ? source : value;

/** As it was written, or near enough: a fraction may lose digits, a whole number may not. */
const isFaithful = (value: number, source: string): boolean =>
  /^[-\d]*$/.test(source) ? Number.isSafeInteger(value) : Number.isFinite(value);

const [quote, comma, minus, plus, dot, zero, nine, colon] = [34, 44, 45, 43, 46, 48, 57, 58];
const [openBracket, backslash, closeBracket, openBrace, closeBrace] = [91, 92, 93, 123, 125];
const [upperE, lowerE] = [69, 101];

/** So many characters of a whole number always fit: below 10^15. */
const safeDigits = 15;

class Scanner {
  private at = 0;
  /** For each open object the keys seen; null for a list. */
  private readonly open: (Set<string> | null)[] = [];
  /** Where we are: for each open object its last key, for each list the index. */
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly unsafe?: UnsafeNumbers,
  ) {}

  scan(): void {
    const { text } = this;
    if (!text.isWellFormed()) this.refuse('unsafe_json', 'The body holds half of a surrogate pair.');
    for (; this.at < text.length; this.at += 1) {
      const char = text.charCodeAt(this.at);
      if (char === quote) this.string();
      else if (char === comma) this.next();
      else if (char === openBrace) this.enter(new Set(), '');
      else if (char === openBracket) this.enter(null, 0);
      else if (char === closeBrace || char === closeBracket) this.leave();
      else if (char === minus || (char >= zero && char <= nine)) this.number();
    }
  }

  private enter(keys: Set<string> | null, first: string | number): void {
    this.open.push(keys);
    this.path.push(first);
    if (this.open.length > jsonLimits.depth) {
      this.refuse('too_deep', `The body is nested more than ${jsonLimits.depth} levels deep.`);
    }
  }

  private leave(): void {
    this.open.pop();
    this.path.pop();
  }

  private next(): void {
    const index = this.path.at(-1);
    if (typeof index === 'number') this.path[this.path.length - 1] = index + 1;
  }

  private string(): void {
    const start = this.at;
    const escaped = this.toClosingQuote();
    const length = this.at - start - 1;
    if (length > jsonLimits.stringLength) {
      this.refuse(
        'string_too_long',
        `The string at ${this.place()} has ${length} characters, over ${jsonLimits.stringLength}.`,
      );
    }
    const value = escaped ? this.unescaped(start) : null;
    const keys = this.open.at(-1);
    if (keys && this.isKey()) this.key(keys, value ?? this.text.slice(start + 1, this.at));
  }

  /** Whether there was an escape on the way. */
  private toClosingQuote(): boolean {
    let escaped = false;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const char = this.text.charCodeAt(this.at);
      if (char === quote) break;
      if (char !== backslash) continue;
      escaped = true;
      this.at += 1;
    }
    return escaped;
  }

  private unescaped(start: number): string {
    let value: string;
    try {
      value = JSON.parse(this.text.slice(start, this.at + 1)) as string;
    } catch {
      return ''; // the parser will say what is wrong with it
    }
    if (!value.isWellFormed())
      this.refuse('unsafe_json', `The string at ${this.place()} holds half of a surrogate pair.`);
    return value;
  }

  private isKey(): boolean {
    for (let next = this.at + 1; next < this.text.length; next += 1) {
      const char = this.text.charCodeAt(next);
      if (char === colon) return true;
      if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return false;
    }
    return false;
  }

  private key(keys: Set<string>, key: string): void {
    if (keys.has(key)) this.refuse('duplicate_key', `The key "${shown(key)}" stands twice in one object.`);
    if (forbidden.has(key)) this.refuse('forbidden_key', `"${key}" cannot be used as a key.`);
    keys.add(key);
    this.path[this.path.length - 1] = key;
    if (keys.size > jsonLimits.keys)
      this.refuse('too_many_keys', `An object of the body has more than ${jsonLimits.keys} keys.`);
  }

  private number(): void {
    const start = this.at;
    let whole = true;
    for (; this.at + 1 < this.text.length; this.at += 1) {
      const char = this.text.charCodeAt(this.at + 1);
      if (char === dot || char === lowerE || char === upperE) whole = false;
      else if (char !== minus && char !== plus && !(char >= zero && char <= nine)) break;
    }
    if (whole && this.at - start < safeDigits) return;
    const number = Number(this.text.slice(start, this.at + 1));
    if (Number.isNaN(number)) return; // the parser will say what is wrong with it
    if (whole ? Number.isSafeInteger(number) : Number.isFinite(number)) return;
    if (this.unsafe) return this.unsafe();
    this.refuse(
      'unsafe_number',
      `The number at ${this.place()} would lose digits: it is beyond 2^53 − 1. Send it as a string.`,
    );
  }

  /** A JSON pointer to what is being read. */
  private place(): string {
    return (
      this.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('') || 'the top'
    );
  }

  private refuse(code: ProblemCode, detail: string): never {
    throw new Problem(code, detail);
  }
}

const shown = (key: string): string => (key.length > 100 ? `${key.slice(0, 100)}…` : key);
