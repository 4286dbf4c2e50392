import { didYouMean } from '#engine';
import type { JsonObject, JsonValue } from '#plugin-sdk';

/** What one value's own keywords have against it, in words that go on after its name; null for nothing. */
export function valueProblem(value: JsonValue, schema: JsonObject, isTextWithExpressions: boolean): string | null {
  const typed = typeProblem(value, schema['type']);
  if (typed !== null) return isTextWithExpressions ? `${typed} Let the expression stand alone: "{{ … }}".` : typed;
  if (isTextWithExpressions) return null;
  return choiceProblem(value, schema['enum']) ?? sizeProblem(value, schema);
}

function typeProblem(value: JsonValue, wanted: JsonValue | undefined): string | null {
  if (wanted === undefined) return null;
  const types = (Array.isArray(wanted) ? wanted : [wanted]) as readonly string[];
  if (types.some((type) => isOf(type, value))) return null;
  return `is ${kindOf(value)}, but has to be ${types.map(inWords).join(' or ')}.`;
}

function isOf(type: string, value: JsonValue): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return value !== null && typeof value === 'object' && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function choiceProblem(value: JsonValue, choices: JsonValue | undefined): string | null {
  if (!Array.isArray(choices) || choices.some((choice) => JSON.stringify(choice) === JSON.stringify(value)))
    return null;
  const words = choices.filter((choice) => typeof choice === 'string');
  const hint = typeof value === 'string' ? didYouMean(value, words) : '';
  return `is none of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}.${hint}`;
}

function sizeProblem(value: JsonValue, schema: JsonObject): string | null {
  if (typeof value === 'number') return boundProblem(value, schema['minimum'], schema['maximum'], '');
  if (typeof value === 'string') {
    const { pattern } = schema;
    if (typeof pattern === 'string' && !matches(value, pattern)) return `does not match ${pattern}.`;
    return boundProblem([...value].length, schema['minLength'], schema['maxLength'], ' characters');
  }
  return Array.isArray(value) ? boundProblem(value.length, schema['minItems'], schema['maxItems'], ' items') : null;
}

function boundProblem(
  size: number,
  least: JsonValue | undefined,
  most: JsonValue | undefined,
  unit: string,
): string | null {
  const has = unit === '' ? 'is' : 'has';
  if (typeof least === 'number' && size < least)
    return `${has} ${size}${unit}, but at least ${least} ${unit === '' ? 'is' : 'are'} asked for.`;
  if (typeof most === 'number' && size > most)
    return `${has} ${size}${unit}, but at most ${most} ${unit === '' ? 'is' : 'are'} allowed.`;
  return null;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a number with a fraction';
  return { string: 'a text', boolean: 'true or false', object: 'an object' }[
    typeof value as 'string' | 'boolean' | 'object'
  ];
}

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};
const inWords = (type: string): string => words[type] ?? type;

/** A pattern that is none is the plugin's fault, and nothing that a config could mend. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}
