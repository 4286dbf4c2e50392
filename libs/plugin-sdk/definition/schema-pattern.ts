import type { JsonValue } from '../json.js';

const patterns = ['pattern', 'patternProperties'];

/**
 * Whether a schema asks for a regular expression anywhere. One that a user wrote could keep the process busy for ever
 * (`^(a+)+$`), so schemas from users may not; conditions have `matches`, which is linear.
 */
export function usesPattern(schema: JsonValue): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if (Array.isArray(schema)) return schema.some(usesPattern);
  return Object.entries(schema).some(([key, part]) => patterns.includes(key) || usesPattern(part as JsonValue));
}
