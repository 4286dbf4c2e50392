import { getMetadataStorage } from 'class-validator';
import type { JsonSchema, JsonValue } from '../json.js';
import { type ConfigClass, type FieldNotes, type FieldOptions, fieldsOf, type ListItem } from './fields.js';
import { choiceOf, objectSchema, presentation } from '../definition/schema-parts.js';
import { type Keywords, keywordsOf, type ValidatorNote } from './validator-keywords.js';

const made = new WeakMap<ConfigClass, JsonSchema>();

/**
 * The JSON Schema of a config class: of its fields' decorators, their validators, and the values it is made with.
 *
 * 1. A field may be left out when it is optional or has a default.
 * 2. The default is `@Field`'s, or what a new instance has there.
 * 3. The type is what `@Condition`, `@Nested` and `@ListOf` say, else the validators, else TypeScript; `@Json` leaves it
 *    open.
 *
 * Throws where a class contains itself.
 */
export function schemaOfClass(config: ConfigClass, within: readonly ConfigClass[] = []): JsonSchema {
  if (within.includes(config)) {
    throw new Error(`Config class "${config.name}" contains itself. Write the inner part as @Json() instead.`);
  }
  const known = made.get(config);
  if (known !== undefined) return known;
  const validators = Map.groupBy(validatorsOf(config), ({ propertyName }) => propertyName);
  const initial = new config() as Readonly<Record<string, JsonValue | undefined>>;
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const [key, notes] of fieldsOf(config)) {
    const own = validators.get(key) ?? [];
    const initially = notes.options?.default ?? initial[key]; // rule 2
    properties[key] = fieldSchema(config, { key, notes, validators: own, initially }, [...within, config]);
    if (initially === undefined && !own.some(isConditional)) required.push(key); // rule 1
  }
  const schema = objectSchema(properties, required);
  made.set(config, schema);
  return schema;
}

interface WrittenField {
  readonly key: string;
  readonly notes: FieldNotes;
  readonly validators: readonly ValidatorNote[];
  readonly initially: JsonValue | undefined;
}

function fieldSchema(
  config: ConfigClass,
  { key, notes, validators, initially }: WrittenField,
  within: readonly ConfigClass[],
): JsonSchema {
  const keywords = keywordsOf(validators.filter(({ each }) => !each));
  const shape = shapeOf(config, key, notes, keywords, within);
  const ofItems = keywordsOf(validators.filter(({ each }) => each));
  const items: Keywords =
    Object.keys(ofItems).length === 0 ? {} : { items: { ...(shape['items'] as Keywords | undefined), ...ofItems } };
  return {
    ...presentation(notes.options ?? ({ label: key } satisfies FieldOptions), initially),
    ...shape,
    ...keywords,
    ...items,
    ...marksOf(notes),
    ...boundsOf(notes.options, { ...shape, ...keywords }),
  };
}

const marksOf = ({ literal, condition, secret, takesSecrets }: FieldNotes): Keywords => ({
  ...(literal && { 'x-expression': false }),
  ...(condition && { 'x-condition': true }),
  ...(secret && { 'x-secret': true }),
  ...(takesSecrets && { 'x-secrets': true }),
});

/** Rule 3. */
function shapeOf(
  config: ConfigClass,
  key: string,
  notes: FieldNotes,
  keywords: Keywords,
  within: readonly ConfigClass[],
): JsonSchema {
  if (notes.condition) return { type: 'boolean' };
  if (notes.nested) return schemaOfClass(notes.nested(), within);
  if (notes.items) return { type: 'array', items: itemSchema(notes.items, within) };
  if (notes.json || 'type' in keywords || 'enum' in keywords) return {};
  return declaredType(config, key);
}

function itemSchema(items: ListItem, within: readonly ConfigClass[]): JsonSchema {
  if (typeof items === 'function') return schemaOfClass(items(), within);
  return items === 'json' ? {} : { type: items };
}

/** What TypeScript knows of a property, where the compiler was asked to say so. */
function declaredType(config: ConfigClass, key: string): JsonSchema {
  const { getMetadata } = Reflect as { getMetadata?: (name: string, target: object, key: string) => unknown };
  switch (getMetadata?.('design:type', config.prototype as object, key)) {
    case String:
      return { type: 'string' };
    case Number:
      return { type: 'number' };
    case Boolean:
      return { type: 'boolean' };
    case Array:
      return { type: 'array' };
    default:
      return {};
  }
}

/** Bounds and choices of `@Field`, where no validator has said them. */
function boundsOf(options: FieldOptions | undefined, known: JsonSchema): JsonSchema {
  const [least, most] = boundNames(known['type']);
  return {
    ...(options?.min !== undefined && !(least in known) && { [least]: options.min }),
    ...(options?.max !== undefined && !(most in known) && { [most]: options.max }),
    ...(options?.options !== undefined && !('enum' in known) && choiceOf(options.options)),
  };
}

export function boundNames(type: JsonValue | undefined): readonly [least: string, most: string] {
  if (type === 'string') return ['minLength', 'maxLength'];
  return type === 'array' ? ['minItems', 'maxItems'] : ['minimum', 'maximum'];
}

const isConditional = ({ type }: ValidatorNote): boolean => type === 'conditionalValidation';

const validatorsOf = (config: ConfigClass): readonly (ValidatorNote & { readonly propertyName: string })[] =>
  getMetadataStorage().getTargetValidationMetadatas(config, '', false, false);
