/** A point in time. Leaves an expression as RFC 3339 text, in UTC. */
export class Timestamp {
  constructor(readonly ms: number) {}

  toString(): string {
    return new Date(this.ms).toISOString();
  }
}

/** A span of time. Leaves an expression as text, in seconds: "90s". */
export class Duration {
  constructor(readonly ms: number) {}

  toString(): string {
    return `${this.ms / 1_000}s`;
  }
}

export interface ValueMap {
  readonly [key: string]: Value;
}

/** What an expression handles. */
export type Value = null | boolean | number | string | readonly Value[] | ValueMap | Timestamp | Duration;

/** The names that `type()` gives. */
export type Kind = 'null_type' | 'bool' | 'double' | 'string' | 'list' | 'map' | 'timestamp' | 'duration';

/** Keys that lead out of the data and into the host: never there, never made. */
const hostKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export const isHostKey = (key: string): boolean => hostKeys.has(key);

/** An object of data: an ordinary one (of whichever realm) or one without a prototype; no instance of a class. */
export function isMap(value: unknown): value is ValueMap {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The kind of a value; null for anything that is none (a function, a class instance, undefined, a bigint). */
export function kindOf(value: unknown): Kind | null {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'object':
      if (value === null) return 'null_type';
      if (Array.isArray(value)) return 'list';
      if (isMap(value)) return 'map';
      if (value instanceof Timestamp) return 'timestamp';
      return value instanceof Duration ? 'duration' : null;
    default:
      return null;
  }
}

/** For messages: 'a list', 'null', 'no value'. */
export function described(value: unknown): string {
  const kind = kindOf(value);
  if (kind === null) return 'no value';
  return kind === 'null_type' ? 'null' : `a ${kind}`;
}
