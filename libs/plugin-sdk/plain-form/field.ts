import { boundNames } from '../class-form/config-schema.js';
import type { FieldOptions } from '../class-form/fields.js';
import { choiceOf, objectSchema, presentation } from '../definition/schema-parts.js';
import type { JsonSchema, JsonValue } from '../json.js';

/** A field of the plain form. `T` is what `execute` finds in the config. */
export interface FieldSpec<T> {
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** Never there: it carries `T` for the compiler. */
  readonly resolved?: T;
  /** May be left out. */
  optional(): FieldSpec<T | undefined>;
  /** Takes no expressions. */
  literal(): FieldSpec<T>;
  /** Never shown again, logged or stored. */
  secret(): FieldSpec<T>;
}

export type Fields = Readonly<Record<string, FieldSpec<unknown>>>;

/** The resolved config that these fields describe. */
export type ConfigOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends FieldSpec<infer T> ? T : never };

/** A label is good manners, but no must: without one, the key is shown. */
export type PlainFieldOptions<T> = Omit<Partial<FieldOptions>, 'default'> & { readonly default?: T };

/** Describes the fields of a config. A field with a default need not be given. */
export const field = {
  string: (options: PlainFieldOptions<string> = {}) => specOf<string>({ type: 'string' }, options),
  number: (options: PlainFieldOptions<number> = {}) => specOf<number>({ type: 'number' }, options),
  integer: (options: PlainFieldOptions<number> = {}) => specOf<number>({ type: 'integer' }, options),
  boolean: (options: PlainFieldOptions<boolean> = {}) => specOf<boolean>({ type: 'boolean' }, options),
  /** One of these values. */
  choice: <const T extends JsonValue>(values: readonly T[], options: PlainFieldOptions<T> = {}) =>
    specOf<T>(choiceOf(values), options),
  /** Any JSON. */
  json: (options: PlainFieldOptions<JsonValue> = {}) => specOf<JsonValue>({}, options),
  /** One CEL expression on the wire; a boolean in `execute`. */
  condition: (options: PlainFieldOptions<boolean> = {}) =>
    specOf<boolean>({ type: 'boolean', 'x-condition': true }, options),
  /** A list of such items. */
  list: <T>(items: FieldSpec<T>, options: PlainFieldOptions<readonly T[]> = {}) =>
    specOf<readonly T[]>({ type: 'array', items: items.schema }, options),
  /** An object with fields of its own. */
  object: <F extends Fields>(fields: F, options: PlainFieldOptions<ConfigOf<F>> = {}) =>
    specOf<ConfigOf<F>>(schemaOfFields(fields), options),
};

export function schemaOfFields(fields: Fields): JsonSchema {
  const named = Object.entries(fields);
  const properties = named.map(([key, { schema }]): [string, JsonSchema] => [key, { title: key, ...schema }]);
  return objectSchema(
    Object.fromEntries(properties),
    named.filter(([, { required }]) => required).map(([key]) => key),
  );
}

function specOf<T>(shape: JsonSchema, options: PlainFieldOptions<T>): FieldSpec<T> {
  const { label, default: initially, ...others } = options;
  const { title, ...shown } = presentation({ label: label ?? '', ...others }, initially as JsonValue | undefined);
  const [least, most] = boundNames(shape['type']);
  const { min, max, options: choices } = others;
  return made<T>(
    {
      ...(label !== undefined && { title: title! }),
      ...shown,
      ...shape,
      ...(min !== undefined && { [least]: min }),
      ...(max !== undefined && { [most]: max }),
      ...(choices !== undefined && choiceOf(choices)),
    },
    initially === undefined,
  );
}

const made = <T>(schema: JsonSchema, required: boolean): FieldSpec<T> => ({
  schema,
  required,
  optional: () => made<T | undefined>(schema, false),
  literal: () => made<T>({ ...schema, 'x-expression': false }, required),
  secret: () => made<T>({ ...schema, 'x-secret': true }, required),
});
