import type { JsonObject, JsonValue } from '#plugin-sdk';
import { braced, piecesOf } from '../expression/braces.js';
import { parseExpression, type Reference } from '../expression/index.js';
import { celLiteral } from './cel-literal.js';

/** What stands for one parameter. `kept`: its value is not known yet. */
export type Filling =
  | { readonly is: 'value'; readonly value: JsonValue }
  | { readonly is: 'secret'; readonly name: string }
  | { readonly is: 'missing' }
  | { readonly is: 'kept' };

/** What stands for a parameter of that name; null: it is not declared. */
export type FillingOf = (name: string) => Filling | null;

/** Where a parameter is a text's only content and is missing: the member that holds it is left out. */
export const leftOut = Symbol('left out');

/**
 * A string of a config with its parameters filled in.
 *
 * 1. A string that is one parameter in braces becomes the value, of whatever type; where it is missing, nothing.
 * 2. Within a text a value is written as an expression's value would be: strings as they are, all else as JSON.
 * 3. Within a larger expression it becomes a literal.
 * 4. Braces of a value are written as literal braces: it never becomes an expression, nor a part of one.
 * 5. What was a text with expressions in it stays a text, also where only one expression is left.
 * 6. What cannot be parsed stays as it is: the validator says what is wrong with it.
 */
export function fillText(text: string, fillingOf: FillingOf): JsonValue | typeof leftOut {
  const pieces = piecesOf(text);
  if (!text.includes('params') || pieces.some(({ type }) => type === 'unclosed')) return text; // rule 6
  const only = pieces.length === 1 && pieces[0]!.type === 'expression' ? pieces[0]!.source : null;
  if (only !== null) {
    const filling = wholeFilling(only, fillingOf);
    return filling?.is === 'value'
      ? escaped(filling.value)
      : filling?.is === 'missing'
        ? leftOut
        : inBraces(only, fillingOf);
  }
  const written = new TextWriter();
  for (const piece of pieces) {
    if (piece.type === 'text') written.literal(piece.text);
    else {
      const filling = wholeFilling(piece.source, fillingOf);
      if (filling?.is === 'value') written.literal(printed(filling.value));
      else if (filling?.is !== 'missing') written.expression(inBraces(piece.source, fillingOf));
    }
  }
  return written.text();
}

/** A condition: one expression, with or without braces around it. */
export const fillCondition = (text: string, fillingOf: FillingOf): string =>
  fillExpression((braced(text) ?? text).trim(), fillingOf, text);

const inBraces = (source: string, fillingOf: FillingOf): string => `{{ ${fillExpression(source, fillingOf)} }}`;

/** An expression whose references to parameters are literals; `unchanged` where it has none. */
function fillExpression(source: string, fillingOf: FillingOf, unchanged = source): string {
  const references = paramsIn(source);
  let filled = '';
  let from = 0;
  for (const reference of references) {
    const place = placeOf(source, reference);
    const filling = place && fillingOf(place.name);
    if (!place || !filling || filling.is === 'kept') continue;
    filled += source.slice(from, reference.position) + inExpression(filling, place.name, reference.guarded);
    from = place.end;
  }
  return from === 0 ? unchanged : filled + source.slice(from);
}

/**
 * 1. Where a value may be missing (`default`, `has`), it stays a path: into a map that has it, or has it not.
 * 2. Elsewhere it is a literal, and null where it is missing.
 */
function inExpression(filling: Exclude<Filling, { is: 'kept' }>, name: string, guarded: boolean): string {
  if (filling.is === 'secret')
    return /^[A-Za-z_]\w*$/.test(filling.name) ? `secrets.${filling.name}` : `secrets[${celLiteral(filling.name)}]`;
  if (!guarded) return celLiteral(filling.is === 'missing' ? null : filling.value);
  const map = filling.is === 'missing' ? {} : { [name]: filling.value };
  return `${celLiteral(map)}[${celLiteral(name)}]`;
}

/** References to `params` in an expression, in the order of the source; none where it cannot be parsed. */
export function paramsIn(source: string): readonly Reference[] {
  if (!source.includes('params')) return [];
  try {
    return parseExpression(source)
      .references.filter(({ root }) => root === 'params')
      .toSorted((left, right) => left.position - right.position);
  } catch {
    return [];
  }
}

const written = /params\s*(?:\.\s*(?<selected>[A-Za-z_]\w*)|\[\s*(?:"(?<double>\w+)"|'(?<single>\w+)')\s*\])/y;

/** The name that a reference reads, and where it ends in the source; null where the name is computed. */
export function placeOf(
  source: string,
  { position }: Reference,
): { readonly name: string; readonly end: number } | null {
  written.lastIndex = position;
  const { selected, double, single } = written.exec(source)?.groups ?? {};
  const name = selected ?? double ?? single;
  return name === undefined ? null : { name, end: written.lastIndex };
}

/** Of an expression that is a parameter and nothing else. */
function wholeFilling(source: string, fillingOf: FillingOf): Filling | null {
  const [reference, ...more] = paramsIn(source);
  const place = reference && placeOf(source, reference);
  const isWhole = place && more.length === 0 && reference.position === 0 && place.end === source.length;
  return isWhole ? fillingOf(place.name) : null;
}

/** A value within a text, as the expression language writes it. */
const printed = (value: JsonValue): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const openBraces = (text: string): string => text.replaceAll('{{', '{{{{');

/** A value whose strings hold no expression. */
export function escaped(value: JsonValue): JsonValue {
  if (typeof value === 'string') return openBraces(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => escaped(item as JsonValue));
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, member]) => [key, escaped(member)]));
}

/** Writes a text of literal parts and expressions, so that reading it gives those parts. */
class TextWriter {
  private whole = '';
  private pending = '';
  private expressions = 0;
  private hasText = false;

  literal(text: string): void {
    this.pending += text;
  }

  expression(text: string): void {
    this.flush(true);
    this.whole += text;
    this.expressions += 1;
  }

  text(): string {
    this.flush(false);
    return this.expressions === 1 && !this.hasText ? `{{ "" }}${this.whole}` : this.whole; // rule 5
  }

  /** A brace before an expression would become one of its braces: it is written as an expression of its own. */
  private flush(beforeExpression: boolean): void {
    if (this.pending === '') return;
    const literal = openBraces(this.pending);
    const open = /\{*$/.exec(literal)![0].length;
    this.whole += beforeExpression && open % 2 === 1 ? `${literal.slice(0, -1)}{{ "\\u007b" }}` : literal;
    this.pending = '';
    this.hasText = true;
  }
}
