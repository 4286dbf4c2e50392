import { Buffer } from 'node:buffer';

/** How deep an output may be nested. */
export const MAX_DEPTH = 64;
/** How large it may be as JSON, in bytes of UTF-8. */
export const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Why a value cannot be recorded, in words that begin with the place; null when it can. What passes is the same after
 * it has been written as JSON and read again.
 */
export function problemOfJson(value: unknown, name: string): string | null {
  const measure: Measure = { atMost: 0 };
  const problem = problemAt(value, name, 0, measure);
  if (problem !== null || measure.atMost <= MAX_BYTES) return problem;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  return bytes <= MAX_BYTES
    ? null
    : `${name} has ${bytes} bytes, but may have at most ${MAX_BYTES}. Give a part of it, or a reference.`;
}

interface Measure {
  /** Bytes that this can take at most: counting exactly is dear, and seldom needed. */
  atMost: number;
}

/** A character of a string takes at most six bytes in JSON: `\u0000`. */
const BYTES_PER_UNIT = 6;
/** Shared parts can make a small thing endless to walk; no honest output within the limit is larger than this. */
const ENDLESS = MAX_BYTES * BYTES_PER_UNIT * 2;

function problemAt(value: unknown, name: string, depth: number, measure: Measure): string | null {
  switch (typeof value) {
    case 'string':
      measure.atMost += value.length * BYTES_PER_UNIT + 3;
      return value.isWellFormed() ? null : `${name} ends or begins inside a character. Cut texts between characters.`;
    case 'number':
      measure.atMost += 25;
      return problemOfNumber(value, name);
    case 'boolean':
      measure.atMost += 6;
      return null;
    case 'object':
      measure.atMost += 5;
      return value === null ? null : problemInside(value, name, depth + 1, measure);
    default:
      return `${name} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}, which JSON does not have. Leave it out, or give null.`;
  }
}

function problemOfNumber(value: number, name: string): string | null {
  if (!Number.isFinite(value)) return `${name} is ${value}, which JSON does not have. Give null, or a text.`;
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return null;
  return `${name} is ${value}: whole numbers beyond 2^53 − 1 lose digits. Give a text.`;
}

function problemInside(value: object, name: string, depth: number, measure: Measure): string | null {
  if (depth > MAX_DEPTH) return `${name} is nested deeper than ${MAX_DEPTH}, or contains itself.`;
  if (measure.atMost > ENDLESS) return `${name} is far beyond ${MAX_BYTES} bytes.`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const problem = problemAt(value[index], `${name}[${index}]`, depth, measure);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (!isPlain(value))
    return `${name} is a ${value.constructor?.name ?? 'strange'} object. Give plain objects, lists, texts and numbers.`;
  for (const key of Object.keys(value)) {
    measure.atMost += key.length * BYTES_PER_UNIT + 4;
    const problem = key.isWellFormed()
      ? problemAt((value as Record<string, unknown>)[key], `${name}.${key}`, depth, measure)
      : `${name} has a key that ends or begins inside a character.`;
    if (problem !== null) return problem;
  }
  return null;
}

/** Made by `{}`, by JSON or without a prototype; in whatever realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
