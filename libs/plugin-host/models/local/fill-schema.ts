import { type JsonObject, type JsonValue, NodeFailure } from '#plugin-sdk';
import { classify } from './classify.js';
import { summarise } from './summarise.js';
import { escaped, sentencesOf, subjectsOf, wordsOf } from './text.js';

const MAX_DEPTH = 16;
const MAX_ITEMS = 5;
/** How much of the text is read, in characters. */
const MAX_TEXT = 16_000;
/** How much is read over all values of one answer, in characters; each value costs `VALUE_COST` more. */
const MAX_WORK = 4_000_000;
const VALUE_COST = 100;

/** Where a value is wanted: what it is called, from which text it is made, and what is left of the work. */
interface Place {
  readonly name: string;
  readonly text: string;
  readonly depth: number;
  readonly work: { left: number };
}

/**
 * A value of the schema's shape, made from the beginning of the text: labels chosen, numbers found, strings quoted.
 * Throws `model_invalid_request` where the schema asks for more values than are made.
 */
export const fillSchema = (schema: JsonObject, text: string): JsonValue =>
  fill(schema, { name: '', text: text.slice(0, MAX_TEXT), depth: 0, work: { left: MAX_WORK } });

function fill(schema: JsonValue | undefined, place: Place): JsonValue {
  spend(place);
  if (!isObject(schema) || place.depth > MAX_DEPTH) return null;
  if ('const' in schema) return schema['const'] ?? null;
  if (Array.isArray(schema['enum'])) return chosen(schema['enum'], place.text);
  const variant = [schema['anyOf'], schema['oneOf']].find((one) => Array.isArray(one) && one.length > 0);
  if (Array.isArray(variant)) return fill(variant[0], { ...place, depth: place.depth + 1 });
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, place);
    case 'array':
      return listOf(schema, place);
    case 'integer':
      return numberIn(schema, place, Math.trunc);
    case 'number':
      return numberIn(schema, place, (number) => number);
    case 'boolean':
      return isAffirmed(place);
    case 'null':
      return null;
    default:
      return stringIn(schema, place);
  }
}

function spend({ text, work }: Place): void {
  work.left -= VALUE_COST + text.length;
  if (work.left >= 0) return;
  throw new NodeFailure({
    code: 'model_invalid_request',
    message:
      'The response schema asks for more values than the local model makes. Ask for fewer, or of a shorter text.',
  });
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

/** A text that is not found is left out where it may be. */
function objectOf({ properties, required }: JsonObject, place: Place): JsonObject {
  const has = new Set(Array.isArray(required) ? required : []);
  const entries = Object.entries(isObject(properties) ? properties : {})
    .map(([name, value]) => [name, fill(value, { ...place, name, depth: place.depth + 1 })] as const)
    .filter(([name, value]) => value !== '' || has.has(name));
  return Object.fromEntries(entries);
}

/** As many as the schema asks for, one from each sentence; a list of labels holds each label that is meant. */
function listOf(schema: JsonObject, place: Place): JsonValue[] {
  const least = countIn(schema['minItems'], 1);
  const most = Math.max(least, Math.min(countIn(schema['maxItems'], MAX_ITEMS), MAX_ITEMS));
  const sentences = sentencesOf(place.text).slice(0, most);
  const items: JsonValue[] = [];
  for (let at = 0; at < Math.max(least, sentences.length); at++) {
    items.push(fill(schema['items'], { ...place, text: sentences[at] ?? place.text, depth: place.depth + 1 }));
  }
  const distinct = [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
  return distinct.length >= least ? distinct : items;
}

/** The number that stands nearest behind the field's name, else the first, within the schema's bounds. */
function numberIn(schema: JsonObject, { name, text }: Place, round: (number: number) => number): number {
  const named = name === '' ? -1 : text.toLowerCase().indexOf(spoken(name));
  const pattern = /-?\d+(?:\.\d+)?/;
  const found = (named < 0 ? null : pattern.exec(text.slice(named))) ?? pattern.exec(text);
  const low = typeof schema['minimum'] === 'number' ? schema['minimum'] : -Infinity;
  const high = typeof schema['maximum'] === 'number' ? schema['maximum'] : Infinity;
  return Math.min(high, Math.max(low, round(Number(found?.[0] ?? 0))));
}

/** Said, and nothing in the text is denied. */
function isAffirmed({ name, text }: Place): boolean {
  const said = subjectsOf(text);
  const denied = wordsOf(text).some((word) => ['not', 'no', 'never', 'none', 'false'].includes(word));
  return !denied && subjectsOf(spoken(name)).some((word) => said.includes(word));
}

/** A value said as "name: value"; an address by its format; else what the text says in short. */
function stringIn(schema: JsonObject, { name, text }: Place): string {
  const value = labelled(name, text) ?? byFormat(schema, text);
  return value.slice(0, countIn(schema['maxLength'], 2_000));
}

function labelled(name: string, text: string): string | undefined {
  if (name === '') return undefined;
  const label = new RegExp(`(?:^|[\\s,;])${escaped(spoken(name))}\\s*(?::|=| is )\\s*([^\\n,;]+)`, 'i');
  return label
    .exec(text)?.[1]
    ?.trim()
    .replace(/[.!?]$/, '');
}

function byFormat({ format }: JsonObject, text: string): string {
  if (format === 'email') return /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/.exec(text)?.[0] ?? '';
  if (format === 'uri') return /https?:\/\/\S+/.exec(text)?.[0] ?? '';
  if (format === 'date') return /\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? '';
  return summarise(text, 1);
}

const spoken = (name: string): string =>
  name
    .replace(/[_-]+/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

const countIn = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' && value >= 0 ? Math.floor(value) : otherwise;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
