import type { JsonObject, JsonValue } from '#plugin-sdk';

/** What OpenAI's strict mode does not know, or not for every model. */
const UNKNOWN = [
  'oneOf',
  'allOf',
  'not',
  'if',
  'patternProperties',
  'propertyNames',
  'dependentSchemas',
  'prefixItems',
];

/**
 * Whether OpenAI's servers can hold an answer to a schema letter by letter; they refuse the request where they are asked
 * to and cannot.
 *
 * 1. The answer is an object, and each object in it requires all its properties and takes no others.
 * 2. Nothing stands in it that they do not know.
 */
export function isStrict(schema: JsonObject): boolean {
  return schema['type'] === 'object' && isStrictPart(schema);
}

function isStrictPart(schema: JsonValue): boolean {
  if (!isObject(schema) || UNKNOWN.some((key) => Object.hasOwn(schema, key))) return false; // rule 2
  const { properties = {}, items, anyOf = [], $defs = {} } = schema;
  const inner = [
    ...valuesOf(properties),
    ...(items === undefined ? [] : [items]),
    ...listOf(anyOf),
    ...valuesOf($defs),
  ];
  return (schema['type'] !== 'object' || isClosed(schema)) && inner.every(isStrictPart);
}

/** Rule 1. */
function isClosed({ properties = {}, required, additionalProperties }: JsonObject): boolean {
  const names = isObject(properties) ? Object.keys(properties) : [];
  return additionalProperties === false && names.every((name) => listOf(required).includes(name));
}

const valuesOf = (value: JsonValue): readonly JsonValue[] => (isObject(value) ? Object.values(value) : [null]);

const listOf = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
