import type { JsonObject, JsonSchema, JsonValue } from '../json.js';

/**
 * The config with the schema's defaults where nothing stands, in nested objects and lists too. What stands is kept as
 * it is, unknown keys and null included. Gives the config itself when there was nothing to fill in.
 */
export function defaultsFilled(schema: JsonSchema, config: JsonObject): JsonObject {
  return filled(schema, config) as JsonObject;
}

function filled(schema: JsonSchema, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return filledList(schema, value as readonly JsonValue[]);
  if (typeof value !== 'object' || value === null) return value;
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const changed: [string, JsonValue][] = [];
  for (const [key, property] of Object.entries(properties)) {
    const own = Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
    const next = own === undefined ? property['default'] : filled(property, own);
    if (next !== undefined && next !== own) changed.push([key, next]);
  }
  return changed.length === 0 ? value : { ...(value as JsonObject), ...Object.fromEntries(changed) };
}

function filledList(schema: JsonSchema, list: readonly JsonValue[]): JsonValue {
  const items = schema['items'] as JsonSchema | undefined;
  if (items === undefined) return list;
  const next = list.map((item) => filled(items, item));
  return next.some((item, index) => item !== list[index]) ? next : list;
}
