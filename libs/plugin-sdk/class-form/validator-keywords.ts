import { choiceOf } from '../definition/schema-parts.js';
import type { JsonValue } from '../json.js';

/** One validator on a field, as class-validator remembers it. */
export interface ValidatorNote {
  readonly type: string;
  readonly name?: string;
  readonly each: boolean;
  readonly constraints?: readonly unknown[];
}

/** Keywords of JSON Schema. */
export type Keywords = Record<string, JsonValue>;

/** What JSON Schema can say of a validator. One that is not listed is still checked, only not drawn. */
const known: Readonly<Record<string, (...constraints: readonly never[]) => Keywords>> = {
  isString: () => ({ type: 'string' }),
  isNumber: () => ({ type: 'number' }),
  isInt: () => ({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ type: 'object', minProperties: 1 }),
  min: (least: number) => ({ minimum: least }),
  max: (most: number) => ({ maximum: most }),
  isPositive: () => ({ exclusiveMinimum: 0 }),
  isNegative: () => ({ exclusiveMaximum: 0 }),
  isDivisibleBy: (divisor: number) => ({ multipleOf: divisor }),
  isLength: (least: number, most?: number) => ({ minLength: least, ...(most !== undefined && { maxLength: most }) }),
  minLength: (least: number) => ({ minLength: least }),
  maxLength: (most: number) => ({ maxLength: most }),
  matches: (pattern: RegExp): Keywords => (isPortable(pattern) ? { pattern: pattern.source } : {}),
  isIn: choiceOf,
  isNotIn: (values: readonly JsonValue[]) => ({ not: { enum: [...values] } }),
  isEnum: (values: Readonly<Record<string, JsonValue>>) => choiceOf(Object.values(values)),
  equals: (value: JsonValue) => ({ const: value }),
  isUrl: () => ({ type: 'string' }),
  isEmail: () => ({ type: 'string', format: 'email' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isRFC3339: () => ({ type: 'string' }),
  arrayMinSize: (least: number) => ({ minItems: least }),
  arrayMaxSize: (most: number) => ({ maxItems: most }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/** JSON Schema knows no flags, and reads a pattern as Unicode does, which forbids some that are fine without. */
function isPortable({ source, flags }: RegExp): boolean {
  if (flags !== '' && flags !== 'u') return false;
  try {
    return new RegExp(source, 'u').flags === 'u';
  } catch {
    return false;
  }
}

export function keywordsOf(validators: readonly ValidatorNote[]): Keywords {
  const said = validators.map(({ name, constraints }) => {
    const keywords = name !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
    return keywords?.(...((constraints ?? []) as readonly never[])) ?? {};
  });
  return Object.assign({}, ...said) as Keywords;
}
