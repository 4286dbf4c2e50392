import type { JsonObject, JsonSchema, JsonValue } from '#plugin-sdk';

/** Subschemas in all, also those that a reference brings again. */
const MOST_PARTS = 500;
const DEEPEST = 16;
/** Of a title or a description, in UTF-16 units. */
const LONGEST_TEXT = 1_000;

const TYPES: readonly unknown[] = ['null', 'boolean', 'object', 'array', 'number', 'integer', 'string'];
const LIMITS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];

/**
 * A schema that somebody else wrote, as it can be checked by and shown: what is left of it takes bounded time for any
 * value, and refuses nothing that the whole would take.
 *
 * 1. Only keywords that are known here are kept. Regular expressions (`pattern`, `patternProperties`, `format`) are not:
 *    one could keep the process busy for ever.
 * 2. What means more when a part of it is missing (`not`, `if`, `contains`) is not kept either; `oneOf` becomes `anyOf`,
 *    and keys are free where patterns have named some.
 * 3. A reference into the schema is written out where it stands, and what stands beside it is only told; beyond the
 *    bounds, or into itself, anything fits there.
 *
 * The server checks its arguments itself: this is for the caller, who learns early and by name.
 */
export const boundedSchema = (schema: JsonObject): JsonSchema => new Bounding(schema).part(schema, 0, []) as JsonSchema;

class Bounding {
  private parts = 0;

  constructor(private readonly root: JsonObject) {}

  part(schema: JsonValue, depth: number, within: readonly string[]): JsonSchema | boolean {
    if (typeof schema === 'boolean') return schema;
    this.parts += 1;
    if (!isObject(schema) || depth > DEEPEST || this.parts > MOST_PARTS) return {};
    const { $ref: reference } = schema;
    if (typeof reference === 'string')
      return { ...textsOf(schema), allOf: [this.referred(reference, depth + 1, within)] }; // rule 3
    return {
      ...textsOf(schema),
      ...scalarsOf(schema),
      ...this.lists(schema, depth + 1, within),
      ...this.objects(schema, depth + 1, within),
      ...this.choices(schema, depth + 1, within),
    };
  }

  private objects(schema: JsonObject, depth: number, within: readonly string[]): JsonObject {
    const { properties, additionalProperties: more, required } = schema;
    return {
      ...(isObject(properties) && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, one]) => [key, this.part(one, depth, within)]),
        ),
      }),
      ...(Array.isArray(required) && required.every((key) => typeof key === 'string') && { required }),
      ...(more !== undefined &&
        schema['patternProperties'] === undefined && { additionalProperties: this.part(more, depth, within) }), // rule 2
    };
  }

  private lists({ items, prefixItems }: JsonObject, depth: number, within: readonly string[]): JsonObject {
    if (Array.isArray(items)) return {};
    return {
      ...(Array.isArray(prefixItems) && { prefixItems: prefixItems.map((one) => this.part(one, depth, within)) }),
      ...(items !== undefined && { items: this.part(items, depth, within) }),
    };
  }

  private choices({ allOf, anyOf, oneOf }: JsonObject, depth: number, within: readonly string[]): JsonObject {
    const parts = (list: JsonValue | undefined) =>
      Array.isArray(list) && list.length > 0 ? list.map((one: JsonValue) => this.part(one, depth, within)) : null;
    const [all, any, one] = [parts(allOf) ?? [], parts(anyOf), parts(oneOf)];
    if (any !== null && one !== null) all.push({ anyOf: one }); // rule 2
    return { ...(all.length > 0 && { allOf: all }), ...((any ?? one) && { anyOf: any ?? one! }) };
  }

  private referred(reference: string, depth: number, within: readonly string[]): JsonSchema | boolean {
    if (within.includes(reference)) return {};
    const [, place, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
    const places = place === undefined ? undefined : this.root[place];
    const found = isObject(places) && Object.hasOwn(places, unescaped(name!)) ? places[unescaped(name!)]! : {};
    return this.part(found, depth, [...within, reference]);
  }
}

/** Rule 1: what says something to a reader. */
function textsOf(schema: JsonObject): JsonObject {
  const said = ['title', 'description'].flatMap((key): [string, string][] => {
    const text = schema[key];
    return typeof text === 'string' ? [[key, text.slice(0, LONGEST_TEXT).toWellFormed()]] : [];
  });
  return { ...Object.fromEntries(said), ...('default' in schema && { default: schema['default']! }) };
}

/** Rule 1: what stands for itself. Nothing is kept that has not the form it should. */
function scalarsOf(schema: JsonObject): JsonObject {
  const { type, enum: choices, const: only, multipleOf } = schema;
  const numbers = [...LIMITS, ...COUNTS].filter((key) => typeof schema[key] === 'number');
  return {
    ...(isType(type) && { type }),
    ...(Array.isArray(choices) && { enum: choices }),
    ...(only !== undefined && { const: only }),
    ...(typeof multipleOf === 'number' && multipleOf > 0 && { multipleOf }),
    ...Object.fromEntries(numbers.map((key) => [key, schema[key]!])),
  };
}

const isType = (type: JsonValue | undefined): type is string | readonly string[] =>
  Array.isArray(type) ? type.length > 0 && type.every((one) => TYPES.includes(one)) : TYPES.includes(type);

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
