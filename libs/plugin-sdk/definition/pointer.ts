import type { JsonObject, JsonValue } from '../json.js';

/** What stands at a JSON pointer; undefined where nothing does. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  return valuesAt(root, pointer)[0];
}

/** What stands at a JSON pointer of which a part may be `*`: each item of the list there, in order. */
export function valuesAt(root: JsonValue, pointer: string): readonly JsonValue[] {
  return partsOf(pointer).reduce<readonly JsonValue[]>(
    (places, part) => places.flatMap((place) => (part === '*' ? itemsOf(place) : memberOf(place, part))),
    [root],
  );
}

const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const itemsOf = (place: JsonValue): readonly JsonValue[] =>
  Array.isArray(place) ? (place as readonly JsonValue[]) : [];

function memberOf(place: JsonValue, part: string): readonly JsonValue[] {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, part)) return [];
  return [(place as JsonObject)[part]!];
}
