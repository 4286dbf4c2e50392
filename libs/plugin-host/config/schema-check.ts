import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { type JsonObject, type JsonSchema, type JsonValue, valueAt } from '#plugin-sdk';
import { didYouMean } from './did-you-mean.js';

/** What is wrong with a resolved config, in words; null for nothing. */
export type ConfigCheck = (config: JsonObject) => string | null;

/** What messages call the thing that is checked, and whose it is. */
export interface Wording {
  readonly root: string;
  readonly owner: string;
}

const ofConfig: Wording = { root: 'config', owner: 'node type' };

/**
 * A check against a JSON Schema. The schema is interpreted, never compiled to code. A message names the field and what
 * to do, and does not repeat what stands in a secret field.
 */
export function schemaCheck(schema: JsonSchema, wording: Wording = ofConfig): ConfigCheck {
  const validator = new Validator(schema as Schema, '2020-12');
  return (config) => {
    const { valid, errors } = validator.validate(config);
    if (valid) return null;
    return messageFor(innermost(errors), schema, config, wording);
  };
}

/**
 * The finding that is furthest inside says most; of equals, the first. The library says of a key that is not known
 * twice, the second time (`false`) without the place of the rule.
 */
const innermost = (errors: readonly OutputUnit[]): OutputUnit =>
  errors
    .filter(({ keyword }) => keyword !== 'false')
    .reduce((best, one) => (depthOf(one) > depthOf(best) ? one : best));

const depthOf = ({ instanceLocation, keywordLocation }: OutputUnit): number =>
  instanceLocation.split('/').length * 1_000 + keywordLocation.split('/').length;

function messageFor(
  { keyword, instanceLocation, keywordLocation, error }: OutputUnit,
  schema: JsonSchema,
  config: JsonObject,
  { root, owner }: Wording,
): string {
  const place = pointerOf(instanceLocation);
  const rule = pointerOf(keywordLocation).split('/').slice(0, -1).join('/');
  return wordsFor({
    keyword,
    name: nameOf(root, place),
    owner,
    value: valueAt(config, place),
    subschema: valueAt(schema, rule) as JsonSchema,
    error,
  });
}

interface Finding {
  readonly keyword: string;
  readonly name: string;
  readonly owner: string;
  readonly value: JsonValue | undefined;
  readonly subschema: JsonSchema;
  readonly error: string;
}

function wordsFor({ keyword, name, owner, value, subschema, error }: Finding): string {
  const shown = subschema['x-secret'] === true ? 'a secret' : excerptOf(value);
  const limit = subschema[keyword];
  switch (keyword) {
    case 'required':
      return `${name}.${missingKey(subschema, value)} is missing.`;
    case 'additionalProperties':
      return unknownKey(name, owner, subschema, value);
    case 'type':
      return `${name} is ${kindOf(value)}, but has to be ${withArticle(String(limit))}.`;
    case 'enum':
      return `${name} is ${shown}. Choose one of ${listed(limit)}.${suggestion(value, limit)}`;
    case 'minimum':
      return `${name} is ${shown}, but has to be at least ${String(limit)}.`;
    case 'maximum':
      return `${name} is ${shown}, but may be at most ${String(limit)}.`;
    case 'minLength':
    case 'minItems':
      return `${name} is too short: it has to hold at least ${String(limit)}.`;
    case 'maxLength':
    case 'maxItems':
      return `${name} is too long: it may hold at most ${String(limit)}.`;
    case 'pattern':
      return `${name} is ${shown}, which does not match ${String(limit)}.`;
    default:
      return `${name} is ${shown}. ${error}`;
  }
}

function missingKey(subschema: JsonSchema, value: JsonValue | undefined): string {
  const required = subschema['required'] as readonly string[];
  return required.find((key) => !Object.hasOwn(value as JsonObject, key))!;
}

function unknownKey(name: string, owner: string, subschema: JsonSchema, value: JsonValue | undefined): string {
  const known = Object.keys((subschema['properties'] ?? {}) as object);
  const key = Object.keys(value as JsonObject).find((one) => !known.includes(one))!;
  return `${name}.${key} is no field of this ${owner}.${didYouMean(key, known)} It has ${known.length === 0 ? 'none' : known.join(', ')}.`;
}

function suggestion(value: JsonValue | undefined, choices: JsonValue | undefined): string {
  const words = (choices as readonly JsonValue[]).filter((choice) => typeof choice === 'string');
  return typeof value === 'string' ? didYouMean(value, words) : '';
}

/** `/cases/0/name` → `config.cases[0].name`. */
const nameOf = (root: string, pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : `${name}.${part}`), root);

/** Locations come as URI fragments. */
const pointerOf = (location: string): string => decodeURI(location).replace(/^#/, '');

const kindOf = (value: JsonValue | undefined): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
};

const withArticle = (type: string): string =>
  ({ array: 'a list', integer: 'a whole number', object: 'an object' })[type] ?? `a ${type}`;

const listed = (values: JsonValue | undefined): string =>
  (values as readonly JsonValue[]).map((value) => JSON.stringify(value)).join(', ');

function excerptOf(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 80 ? text : `${text.slice(0, 80).toWellFormed()}…`;
}
