import type { JsonObject, JsonValue } from '#plugin-sdk';
import { piecesOf, type Piece } from './braces.js';
import { Evaluation, type Names } from './evaluation.js';
import { compiled, compiledCondition, type CompiledExpression, type Expression } from './expression.js';
import { ExpressionError } from './expression-error.js';
import { inText, leaving } from './leaving.js';
import { MAX_STRING_LENGTH, MAX_TEMPLATE_WORK, MAX_WORK } from './limits.js';
import { isHostKey, type Value } from './value.js';

/** Where an expression stands in a config. `value`: all of a string; `text`: a part of one. */
export interface TemplateExpression {
  readonly pointer: string;
  readonly expression: Expression;
  readonly kind: 'value' | 'text' | 'condition';
}

/** A config value with expressions anywhere in its strings. */
export interface Template {
  readonly hasExpressions: boolean;
  readonly expressions: readonly TemplateExpression[];
  /**
   * The value with its expressions evaluated; parts without any are the same objects as in the config. A whole-string
   * expression keeps its type; in a text strings stand as they are, null is nothing, and all else is as JSON prints it.
   * Throws an `ExpressionError` with `.pointer`.
   */
  resolve(names: Names): JsonValue;
}

/** What the places of a config are, by JSON Pointer. */
export interface TemplateFields {
  /** Left untouched, with all that is in it. Default: none. */
  readonly literal?: (pointer: string) => boolean;
  /** Holds a condition, with or without braces, and resolves to a bool. Default: none. */
  readonly condition?: (pointer: string) => boolean;
}

/** Parses every expression in a config. Throws the first `ExpressionError`, with `.pointer`. */
export function parseTemplate(value: JsonValue, fields: TemplateFields = {}): Template {
  return new Parser(fields, (error) => {
    throw error;
  }).template(value);
}

/** Every error that parsing the expressions of a config finds. */
export function collectErrors(
  value: JsonValue,
  fields: TemplateFields = {},
): readonly { readonly pointer: string; readonly error: ExpressionError }[] {
  const found: { pointer: string; error: ExpressionError }[] = [];
  new Parser(fields, (error) => found.push({ pointer: error.pointer!, error })).template(value);
  return found;
}

/** A part of a config: the same each time, or made anew. */
type Part = { readonly constant: JsonValue } | { readonly make: (run: Evaluation) => JsonValue };

const isConstant = (part: Part): part is { readonly constant: JsonValue } => 'constant' in part;

class Parser {
  private readonly expressions: TemplateExpression[] = [];

  constructor(
    private readonly fields: TemplateFields,
    private readonly report: (error: ExpressionError) => void,
  ) {}

  template(value: JsonValue): Template {
    const part = this.part(value, '');
    const { expressions } = this;
    if (isConstant(part)) return { hasExpressions: false, expressions, resolve: () => part.constant };
    return {
      hasExpressions: true,
      expressions,
      resolve: (names) => part.make(new Evaluation(names, MAX_TEMPLATE_WORK)),
    };
  }

  private part(value: JsonValue, pointer: string): Part {
    if (this.fields.literal?.(pointer)) return { constant: value };
    try {
      if (typeof value === 'string') return this.string(value, pointer);
      if (value !== null && typeof value === 'object')
        return Array.isArray(value) ? this.list(value, pointer) : this.map(value as JsonObject, pointer);
      return { constant: value };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.report(error.pointer === undefined ? error.at(pointer) : error);
      return { constant: value };
    }
  }

  private list(list: readonly JsonValue[], pointer: string): Part {
    const parts = list.map((item, index) => this.part(item, `${pointer}/${index}`));
    if (!parts.every(isConstant)) return { make: (run) => parts.map((part) => resolved(part, run)) };
    const items = parts.map(({ constant }) => constant);
    return { constant: items.every((item, index) => item === list[index]) ? list : items };
  }

  private map(map: JsonObject, pointer: string): Part {
    const keys = Object.keys(map);
    const parts = keys.map((key) =>
      this.part(map[key]!, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    );
    if (parts.every(isConstant)) {
      const same = parts.every(({ constant }, index) => constant === map[keys[index]!]);
      return {
        constant: same ? map : Object.fromEntries(parts.map(({ constant }, index) => [keys[index]!, constant])),
      };
    }
    const host = keys.find(isHostKey);
    if (host !== undefined)
      throw new ExpressionError('expression_syntax', `"${host}" may not be a key.`, { source: host });
    return { make: (run) => resolvedMap(keys, parts, run) };
  }

  private string(text: string, pointer: string): Part {
    if (this.fields.condition?.(pointer)) return this.condition(text, pointer);
    const pieces = piecesOf(text);
    const [first, ...more] = pieces.map((piece) => this.piece(piece, pointer, pieces.length === 1 ? 'value' : 'text'));
    if (first === undefined) return { constant: text };
    if (more.length === 0) {
      return typeof first === 'string'
        ? { constant: first }
        : { make: (run) => evaluated(run, first, pointer, leaving) };
    }
    const parts = [first, ...more];
    if (parts.every((part) => typeof part === 'string')) return { constant: parts.join('') };
    return { make: (run) => textOf(run, parts, pointer) };
  }

  private condition(text: string, pointer: string): Part {
    const expression = compiledCondition(text);
    this.expressions.push({ pointer, expression, kind: 'condition' });
    return { make: (run) => evaluated(run, expression, pointer, null) };
  }

  private piece(piece: Piece, pointer: string, kind: 'value' | 'text'): string | CompiledExpression {
    if (piece.type === 'text') return piece.text;
    const { source } = piece;
    if (piece.type === 'unclosed') {
      const message = "This '{{' has no '}}'. A literal '{{' is written '{{{{'.";
      throw new ExpressionError('expression_syntax', message, { source: source.slice(0, 200) });
    }
    if (source === '')
      throw new ExpressionError('expression_syntax', 'There is nothing between the braces.', { source });
    const expression = compiled(source);
    this.expressions.push({ pointer, expression, kind });
    return expression;
  }
}

const resolved = (part: Part, run: Evaluation): JsonValue => (isConstant(part) ? part.constant : part.make(run));

function resolvedMap(keys: readonly string[], parts: readonly Part[], run: Evaluation): JsonValue {
  const map: Record<string, JsonValue> = {};
  for (let index = 0; index < keys.length; index++) map[keys[index]!] = resolved(parts[index]!, run);
  return map;
}

function textOf(run: Evaluation, parts: readonly (string | CompiledExpression)[], pointer: string): string {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : evaluated(run, part, pointer, inText);
  if (text.length <= MAX_STRING_LENGTH) return text;
  const message = `The text has ${text.length} characters with its expressions filled in; ${MAX_STRING_LENGTH} are allowed.`;
  throw new ExpressionError('expression_too_large', message, { source: '', pointer });
}

/** One expression spends at most what it may alone, and no more than the config has left. A condition leaves as a bool. */
function evaluated<T extends JsonValue>(
  run: Evaluation,
  expression: CompiledExpression,
  pointer: string,
  leave: ((run: Evaluation, value: Value) => T) | null,
): T | boolean {
  const spare = Math.max(0, run.left - MAX_WORK);
  run.left -= spare;
  run.made = false;
  try {
    return leave ? expression.evaluateIn(run, leave) : expression.testIn(run);
  } catch (error) {
    throw error instanceof ExpressionError ? error.at(pointer) : error;
  } finally {
    run.left += spare;
  }
}
