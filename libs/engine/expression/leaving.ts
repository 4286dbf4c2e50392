import type { JsonValue } from '#plugin-sdk';
import type { Evaluation } from './evaluation.js';
import { MAX_VALUE_DEPTH } from './limits.js';
import { Duration, isMap, Timestamp, type Value, type ValueMap } from './value.js';

/**
 * A value as it leaves an expression: plain JSON. What came in as data goes out as the same object; what was made is
 * looked through, since a small expression can make a value that is large when it is written down.
 */
export function leaving(run: Evaluation, value: Value): JsonValue {
  if (typeof value === 'string') return value;
  if (!run.made && (Array.isArray(value) || isMap(value))) return value as JsonValue;
  return plain(run, value, 0);
}

function plain(run: Evaluation, value: Value, depth: number): JsonValue {
  switch (typeof value) {
    case 'string':
      run.spendOnText(value.length);
      return value;
    case 'boolean':
      return value;
    case 'number':
      return run.number(value);
    case 'object':
      if (value === null) return null;
      checkDepth(run, depth);
      if (Array.isArray(value)) return plainList(run, value, depth);
      if (value instanceof Timestamp || value instanceof Duration) return value.toString();
      if (isMap(value)) return plainMap(run, value, depth);
  }
  return run.fail('The result is no data: only JSON leaves an expression.');
}

function plainList(run: Evaluation, list: readonly Value[], depth: number): JsonValue {
  run.spend(1 + (list.length >> 2));
  let copy: JsonValue[] | null = null;
  for (let index = 0; index < list.length; index++) {
    const item = plain(run, list[index]!, depth + 1);
    if (item !== list[index]) (copy ??= [...list] as JsonValue[])[index] = item;
  }
  return copy ?? (list as JsonValue);
}

function plainMap(run: Evaluation, map: ValueMap, depth: number): JsonValue {
  const keys = Object.keys(map);
  run.spend(1 + keys.length);
  let copy: Record<string, JsonValue> | null = null;
  for (const key of keys) {
    const item = plain(run, map[key]!, depth + 1);
    if (item !== map[key]) (copy ??= { ...map } as Record<string, JsonValue>)[key] = item;
  }
  return copy ?? (map as JsonValue);
}

/** Compact JSON text of a value, as `json()` and a list within a text have it. Keys stay in their order. */
export function printed(run: Evaluation, value: Value): string {
  return new Printer(run).print(value);
}

/** A value within a text: strings as they are, null as nothing, all else as JSON prints it. */
export function inText(run: Evaluation, value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  return printed(run, value);
}

class Printer {
  private text = '';

  constructor(private readonly run: Evaluation) {}

  print(value: Value): string {
    this.value(value, 0);
    return this.text;
  }

  private add(part: string): void {
    this.text += part;
    this.run.checkText(this.text.length);
  }

  private value(value: Value, depth: number): void {
    if (value === null || typeof value === 'boolean') return this.add(String(value));
    if (typeof value === 'number') return this.add(String(this.run.number(value)));
    if (typeof value === 'string') return this.string(value);
    checkDepth(this.run, depth);
    if (Array.isArray(value)) return this.list(value, depth);
    if (value instanceof Timestamp || value instanceof Duration) return this.string(value.toString());
    if (isMap(value)) return this.map(value, depth);
    this.run.fail('It is no data: only JSON can be printed.');
  }

  private string(value: string): void {
    this.run.spendOnText(value.length);
    this.add(JSON.stringify(value));
  }

  private list(list: readonly Value[], depth: number): void {
    this.run.spend(1 + list.length);
    this.add('[');
    list.forEach((item, index) => {
      if (index > 0) this.add(',');
      this.value(item, depth + 1);
    });
    this.add(']');
  }

  private map(map: ValueMap, depth: number): void {
    const keys = Object.keys(map);
    this.run.spend(1 + 2 * keys.length);
    this.add('{');
    keys.forEach((key, index) => {
      if (index > 0) this.add(',');
      this.string(key);
      this.add(':');
      this.value(map[key]!, depth + 1);
    });
    this.add('}');
  }
}

/** Asked at each list and map that is walked into. */
export function checkDepth(run: Evaluation, depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) run.tooLarge(`A value is nested deeper than ${MAX_VALUE_DEPTH}.`);
}
