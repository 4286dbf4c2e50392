import type { JsonObject, JsonValue } from '#plugin-sdk';
import { classify } from './classify.js';
import { summarise } from './summarise.js';
import { sentencesOf, subjectsOf, wordsOf } from './text.js';

const MAX_DEPTH = 16;
const MAX_ITEMS = 5;

/** A value of the schema's shape, made from the text: labels chosen, numbers found, strings quoted. */
export function fillSchema(schema: JsonValue | undefined, text: string, name = '', depth = 0): JsonValue {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema['const'] ?? null;
  if (Array.isArray(schema['enum'])) return chosen(schema['enum'], text);
  const variant = [schema['anyOf'], schema['oneOf']].find((one) => Array.isArray(one) && one.length > 0);
  if (Array.isArray(variant)) return fillSchema(variant[0], text, name, depth + 1);
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, text, depth);
    case 'array':
      return listOf(schema, text, name, depth);
    case 'integer':
      return numberIn(schema, text, name, Math.trunc);
    case 'number':
      return numberIn(schema, text, name, (number) => number);
    case 'boolean':
      return isAffirmed(text, name);
    case 'null':
      return null;
    default:
      return stringIn(schema, text, name);
  }
}

function chosen(options: readonly JsonValue[], text: string): JsonValue {
  const label = classify(text, options.map(String));
  return options.find((option) => String(option) === label) ?? null;
}

function typeOf(schema: JsonObject): JsonValue | undefined {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((one) => one !== 'null') ?? 'null';
  return type ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string');
}

const objectOf = (schema: JsonObject, text: string, depth: number): JsonObject =>
  Object.fromEntries(
    Object.entries(isObject(schema['properties']) ? schema['properties'] : {}).map(([key, value]) => [
      key,
      fillSchema(value, text, key, depth + 1),
    ]),
  );

/** As many as the schema asks for, one from each sentence; a list of labels holds each label that is meant. */
function listOf(schema: JsonObject, text: string, name: string, depth: number): JsonValue[] {
  const least = countIn(schema['minItems'], 1);
  const most = Math.max(least, Math.min(countIn(schema['maxItems'], MAX_ITEMS), MAX_ITEMS));
  const sources = sentencesOf(text).slice(0, most);
  while (sources.length < least) sources.push(text);
  const items = sources.map((source) => fillSchema(schema['items'], source, name, depth + 1));
  const distinct = [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  return distinct.length >= least ? distinct : items;
}

/** The number that stands nearest behind the field's name, else the first, within the schema's bounds. */
function numberIn(schema: JsonObject, text: string, name: string, round: (number: number) => number): number {
  const named = name === '' ? -1 : text.toLowerCase().indexOf(spoken(name));
  const pattern = /-?\d+(?:\.\d+)?/;
  const found = (named < 0 ? null : pattern.exec(text.slice(named))) ?? pattern.exec(text);
  const low = typeof schema['minimum'] === 'number' ? schema['minimum'] : -Infinity;
  const high = typeof schema['maximum'] === 'number' ? schema['maximum'] : Infinity;
  return Math.min(high, Math.max(low, round(Number(found?.[0] ?? 0))));
}

/** Said, and nothing in the text is denied. */
function isAffirmed(text: string, name: string): boolean {
  const said = subjectsOf(text);
  const denied = wordsOf(text).some((word) => ['not', 'no', 'never', 'none', 'false'].includes(word));
  return !denied && subjectsOf(spoken(name)).some((word) => said.includes(word));
}

/** A value said as "name: value"; an address by its format; else what the text says in short. */
function stringIn(schema: JsonObject, text: string, name: string): string {
  const labelled = new RegExp(`(?:^|[\\s,;])${escaped(spoken(name))}\\s*(?::|=| is )\\s*([^\\n,;]+)`, 'i').exec(
    text,
  )?.[1];
  const value = name !== '' && labelled !== undefined ? labelled.trim().replace(/[.!?]$/, '') : byFormat(schema, text);
  return value.slice(0, countIn(schema['maxLength'], 2_000));
}

function byFormat({ format }: JsonObject, text: string): string {
  if (format === 'email') return /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(text)?.[0] ?? '';
  if (format === 'uri') return /https?:\/\/\S+/.exec(text)?.[0] ?? '';
  if (format === 'date') return /\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? '';
  return summarise(text, 1);
}

const spoken = (name: string): string =>
  name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const countIn = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' && value >= 0 ? Math.floor(value) : otherwise;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
