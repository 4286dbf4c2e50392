import { Problem } from './problem.js';
import type { ProblemCode } from './problem-codes.js';

/** Limits of what comes in. Each is named in the answer that it causes. */
export const jsonLimits = { depth: 64, keys: 10_000, stringLength: 256 * 1024 } as const;

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * JSON from outside, in its raw text: what a parser would silently repair, or take for something else, is refused. One
 * pass over the text (it is on the way of every request), then the platform's own parser.
 *
 * Refused: depth over 64 · duplicate keys · `__proto__`, `constructor`, `prototype` as keys · integers beyond 2^53 − 1 ·
 * lone surrogates · more than 10,000 keys · strings over 256 KiB.
 */
export function readStrictJson(text: string): unknown {
  new Scanner(text).scan();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem('malformed_json', `The body is not valid JSON: ${(error as Error).message}`);
  }
  return value;
}

const quote = 34;
const backslash = 92;
const [openBrace, closeBrace, openBracket, closeBracket, colon, minus, zero, nine] = [123, 125, 91, 93, 58, 45, 48, 57];

class Scanner {
  private at = 0;
  private keys = 0;
  /** For each open object the keys seen; null for a list. */
  private readonly open: (Set<string> | null)[] = [];
  private readonly path: string[] = [];

  constructor(private readonly text: string) {}

  scan(): void {
    const { text } = this;
    if (!text.isWellFormed()) this.refuse('unsafe_json', 'The body holds half of a surrogate pair.');
    for (; this.at < text.length; this.at += 1) {
      const char = text.charCodeAt(this.at);
      if (char === quote) this.string();
      else if (char === openBrace) this.enter(new Set());
      else if (char === openBracket) this.enter(null);
      else if (char === closeBrace || char === closeBracket) this.open.pop();
      else if (char === minus || (char >= zero && char <= nine)) this.number();
    }
  }

  private enter(keys: Set<string> | null): void {
    this.open.push(keys);
    if (this.open.length > jsonLimits.depth) this.refuse('too_deep', `The body is nested more than ${jsonLimits.depth} levels deep.`);
  }

  private string(): void {
    const start = this.at;
    let escaped = false;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const char = this.text.charCodeAt(this.at);
      if (char === backslash) {
        escaped = true;
        this.at += 1;
      } else if (char === quote) break;
    }
    if (this.at - start > jsonLimits.stringLength) this.refuse('string_too_long', `A string has ${this.at - start} characters, over ${jsonLimits.stringLength}.`);
    const keys = this.open.at(-1);
    if (escaped) this.checkEscapes(start);
    if (keys && this.isKey()) this.key(keys, this.value(start, escaped));
  }

  private value(start: number, escaped: boolean): string {
    const raw = this.text.slice(start + 1, this.at);
    if (!escaped) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      return raw; // the parser will say what is wrong with it
    }
  }

  private checkEscapes(start: number): void {
    if (!this.value(start, true).isWellFormed()) this.refuse('unsafe_json', 'A string holds half of a surrogate pair.');
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
    if (keys.has(key)) this.refuse('duplicate_key', `The key "${key}" stands twice in one object.`);
    if (forbidden.has(key)) this.refuse('forbidden_key', `"${key}" cannot be used as a key.`);
    keys.add(key);
    this.path[this.open.length] = key;
    this.keys += 1;
    if (this.keys > jsonLimits.keys) this.refuse('too_many_keys', `The body has more than ${jsonLimits.keys} keys.`);
  }

  private number(): void {
    const start = this.at;
    let whole = true;
    while (this.at + 1 < this.text.length) {
      const char = this.text.charCodeAt(this.at + 1);
      if (char === 46 || char === 101 || char === 69) whole = false;
      else if (char !== minus && char !== 43 && !(char >= zero && char <= nine)) break;
      this.at += 1;
    }
    if (this.at - start < 15) return;
    const number = Number(this.text.slice(start, this.at + 1));
    if (whole ? !Number.isSafeInteger(number) : !Number.isFinite(number)) {
      const place = `/${this.path.slice(1, this.open.length + 1).join('/')}`;
      this.refuse('unsafe_number', `The number at ${place} is beyond 2^53 − 1 and would lose digits. Send it as a string.`);
    }
  }

  private refuse(code: ProblemCode, detail: string): never {
    throw new Problem(code, detail);
  }
}
