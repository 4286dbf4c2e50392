import type { JsonObject, JsonValue } from '#plugin-sdk';

/**
 * A value as a literal of the expression language.
 *
 * 1. A text is quoted and escaped; its braces too, so that no text around it can take them for its own.
 * 2. A number stands in brackets: `5.size()` would be read as the number `5.`
 * 3. A whole number beyond those that are exact is written with an exponent, as the double that it is.
 */
export function celLiteral(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return `(${Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : JSON.stringify(value)})`;
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item) => celLiteral(item as JsonValue)).join(', ')}]`;
      return mapLiteral(value as JsonObject);
    default:
      return String(value);
  }
}

const mapLiteral = (map: JsonObject): string =>
  `{${Object.entries(map)
    .map(([key, value]) => `${quoted(key)}: ${celLiteral(value)}`)
    .join(', ')}}`;

const quoted = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replaceAll('{', '\\u007b').replaceAll('}', '\\u007d');
