import type { JsonObject, JsonValue, NodeDescriptor } from '#plugin-sdk';
import { pointerPart, snakeCase, type ReadingNotes } from './read-graph-shape.js';

interface NodePlace {
  readonly path: string;
  readonly node_id: string;
}

/**
 * A config under its names of today. An old name gives way where its new one does not stand beside it; what nobody
 * knows is left for the validator.
 */
export function readConfig(
  config: JsonObject,
  descriptor: NodeDescriptor | undefined,
  place: NodePlace,
  notes: ReadingNotes,
): JsonObject {
  if (!descriptor) return config;
  return renamed(config, descriptor.configSchema, descriptor.aliases.config, place, notes) as JsonObject;
}

/** As deep as the schema goes: free JSON has no names to read. */
function renamed(
  value: JsonValue,
  schema: JsonObject,
  declared: Readonly<Record<string, string>>,
  { path, node_id }: NodePlace,
  notes: ReadingNotes,
): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = schema['items'] as JsonObject | undefined;
    if (!items) return value;
    return value.map((item: JsonValue, index) =>
      renamed(item, items, {}, { path: `${path}/${index}`, node_id }, notes),
    );
  }
  const properties = schema['properties'] as Readonly<Record<string, JsonObject>> | undefined;
  if (!properties) return value;
  const members = Object.entries(value as JsonObject).map(([key, member]): [string, JsonValue] => {
    const today = todaysName(key, properties, declared);
    const at = `${path}/${pointerPart(key)}`;
    if (today === key || Object.hasOwn(value, today)) return [key, inner(key, member, at)];
    notes.aliases.push({ path: at, node_id, message: `"${key}" is read as "${today}". Write "${today}".` });
    return [today, inner(today, member, at)];
  });
  return Object.fromEntries(members);

  function inner(key: string, member: JsonValue, at: string): JsonValue {
    const property = Object.hasOwn(properties!, key) ? properties![key]! : {};
    return renamed(member, property, {}, { path: at, node_id }, notes);
  }
}

function todaysName(
  key: string,
  properties: Readonly<Record<string, JsonObject>>,
  declared: Readonly<Record<string, string>>,
): string {
  if (Object.hasOwn(properties, key)) return key;
  for (const name of [key, snakeCase(key)]) {
    if (Object.hasOwn(declared, name)) return declared[name]!;
    const aliased = Object.entries(properties).find(
      ([, { 'x-aliases': aliases }]) => isList(aliases) && aliases.includes(name),
    );
    if (aliased) return aliased[0];
    if (Object.hasOwn(properties, name)) return name;
  }
  return key;
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
