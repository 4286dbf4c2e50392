import { Validator, type Schema } from '@cfworker/json-schema';
import { didYouMean } from '#engine';
import type { ConfigFinding, JsonObject, JsonValue } from '#plugin-sdk';
import { valueProblem } from './value-problem.js';

type ExpressionAt = ReadonlyMap<string, 'value' | 'text' | 'condition'>;

/**
 * What a schema has against the literal parts of a config. Messages do not repeat what stands there: it may be a secret
 * in the wrong field.
 *
 * 1. An expression alone in its string may become anything, a condition a bool: nothing is said of them.
 * 2. A text with expressions in it stays a text, of unknown length.
 * 3. Keywords that this walk does not know are left to a JSON Schema validator, where no expression stands within.
 * 4. A literal field with braces in it is taken as it stands: most likely somebody meant an expression.
 */
export function checkConfig(
  config: JsonObject,
  schema: JsonObject,
  expressionAt: ExpressionAt,
): readonly ConfigFinding[] {
  return new ConfigCheck(expressionAt).value(config, schema, '');
}

const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'properties', 'required', 'additionalProperties', 'items', 'minItems', 'maxItems', 'pattern'],
  ...[
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'title',
    'description',
    'default',
    'examples',
    '$schema',
    '$id',
    '$comment',
  ],
]);

class ConfigCheck {
  constructor(private readonly expressionAt: ExpressionAt) {}

  value(value: JsonValue, schema: JsonObject, at: string): readonly ConfigFinding[] {
    const expression = this.expressionAt.get(at);
    if (expression === 'value' || expression === 'condition') return []; // rule 1
    const problem = valueProblem(value, schema, expression === 'text');
    if (problem !== null) return [{ path: at, message: `${nameOf(at)} ${problem}` }];
    if (schema['x-expression'] === false && hasBraces(value)) return [braces(at)]; // rule 4
    if (Array.isArray(value)) return [...this.items(value, schema, at), ...this.leftOver(value, schema, at)];
    if (value !== null && typeof value === 'object')
      return [...this.members(value as JsonObject, schema, at), ...this.leftOver(value, schema, at)];
    return expression === 'text' ? [] : this.leftOver(value, schema, at); // rule 2
  }

  private items(list: readonly JsonValue[], { items }: JsonObject, at: string): readonly ConfigFinding[] {
    if (!isSchema(items)) return [];
    return list.flatMap((item, index) => this.value(item, items, `${at}/${index}`));
  }

  private members(object: JsonObject, schema: JsonObject, at: string): readonly ConfigFinding[] {
    const properties = isSchema(schema['properties']) ? schema['properties'] : {};
    const missing = ((schema['required'] ?? []) as readonly string[])
      .filter((key) => !Object.hasOwn(object, key))
      .map((key) => ({ path: `${at}/${pointerPart(key)}`, message: `${nameOf(`${at}/${key}`)} is missing. Set it.` }));
    const found = Object.entries(object).flatMap(([key, member]) => {
      const inner = `${at}/${pointerPart(key)}`;
      const property = Object.hasOwn(properties, key) ? properties[key] : schema['additionalProperties'];
      if (property === false) return [{ path: inner, message: unknownKey(key, at, Object.keys(properties)) }];
      return isSchema(property) ? this.value(member, property, inner) : [];
    });
    return [...missing, ...found];
  }

  /** Rule 3. */
  private leftOver(value: JsonValue, schema: JsonObject, at: string): readonly ConfigFinding[] {
    const others = Object.entries(schema).filter(([key]) => !KNOWN.has(key) && !key.startsWith('x-'));
    if (
      others.length === 0 ||
      [...this.expressionAt.keys()].some((pointer) => pointer === at || pointer.startsWith(`${at}/`))
    )
      return [];
    const { valid, errors } = new Validator(Object.fromEntries(others) as Schema, '2020-12').validate(value);
    return valid
      ? []
      : [
          {
            path: at,
            message: `${nameOf(at)} is not what its schema asks for (${errors.at(-1)?.keyword ?? 'schema'}).`,
          },
        ];
  }
}

const isSchema = (schema: JsonValue | undefined): schema is JsonObject =>
  typeof schema === 'object' && schema !== null && !Array.isArray(schema);

const hasBraces = (value: JsonValue): boolean =>
  typeof value === 'string' && value.length <= 256 && /\{\{.*\}\}/s.test(value);

const braces = (at: string): ConfigFinding => ({
  path: at,
  severity: 'warning',
  message: `${nameOf(at)} is taken as it stands: expressions in it are not evaluated.`,
});

function unknownKey(key: string, at: string, known: readonly string[]): string {
  const hint = didYouMean(key, known);
  return `${nameOf(`${at}/${key.slice(0, 64).toWellFormed()}`)} is no field here.${hint} There is ${known.length === 0 ? 'none' : known.join(', ')}.`;
}

/** `/cases/0/name` → `config.cases[0].name`. */
const nameOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : `${name}.${part}`), 'config');

const pointerPart = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
