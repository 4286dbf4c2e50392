import type { JsonObject, JsonValue } from '#plugin-sdk';

/**
 * The same value with the keys of its objects in canonical order. Values from outside pass through here once, when they
 * become facts; from then on their canonical form costs nothing. Returns the value itself where it is in order already.
 */
export function ordered(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return orderedList(value);
  return orderedObject(value as JsonObject);
}

function orderedList(list: readonly JsonValue[]): readonly JsonValue[] {
  let copy: JsonValue[] | null = null;
  list.forEach((item, at) => {
    const better = ordered(item);
    if (better !== item) (copy ??= [...list])[at] = better;
  });
  return copy ?? list;
}

function orderedObject(object: JsonObject): JsonObject {
  const keys = Object.keys(object);
  const inOrder = keys.every((key, at) => at === 0 || keys[at - 1]! < key);
  let changed = !inOrder;
  const entries = (inOrder ? keys : [...keys].sort(byCodeUnit)).map((key) => {
    const value = ordered(object[key]!);
    changed ||= value !== object[key];
    return [key, value] as const;
  });
  return changed ? Object.fromEntries(entries) : object;
}

const byCodeUnit = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
