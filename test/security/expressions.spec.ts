import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ExpressionError, parseExpression, parseTemplate } from '#engine';

const TRIED = 409;
const attempts = readFileSync(new URL('./corpus/expressions.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => (JSON.parse(line) as { expression: string }).expression);

class Secretive {
  readonly secret = 'canary-5d1f';
}

/** Names looked up the careless way, in an ordinary object with things of the host in it. */
const context: Record<string, unknown> = {
  input: { text: 'hello', list: [1, 'a', { b: 2 }], a: { b: 1 } },
  hostFunction: () => 'canary-5d1f',
  hostDate: new Date(0),
  hostMap: new Map([['secret', 'canary-5d1f']]),
  hostProxy: new Proxy(class {}, {}),
  hostError: new Error('canary-5d1f'),
  hostClass: Secretive,
  hostInstance: new Secretive(),
  hostSymbol: Symbol('canary-5d1f'),
  hostBigint: 1n,
  hostUndefined: undefined,
};
const names = (name: string): unknown => context[name];

/** Anything but plain data, or data that only the host has. */
function isHostReference(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'boolean') return false;
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value === 'string') return /canary-5d1f|native code|\bnode:internal\b/.test(value);
  if (typeof value !== 'object' || depth > 200) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  return !plain || prototype === value || Object.values(value).some((part) => isHostReference(part, depth + 1));
}

type Outcome = { readonly value: unknown } | { readonly refused: ExpressionError };

function outcomeOf(evaluate: () => unknown): Outcome {
  try {
    return { value: evaluate() };
  } catch (error) {
    if (error instanceof ExpressionError) return { refused: error };
    throw error;
  }
}

const reached = (evaluate: (source: string) => unknown) =>
  attempts.filter((source) => {
    const outcome = outcomeOf(() => evaluate(source));
    return 'value' in outcome && isHostReference(outcome.value);
  });

describe('Expressions that try to get out', () => {
  it('are as many as they should be, and none reaches the host', () => {
    expect(attempts).toHaveLength(TRIED);
    expect(new Set(attempts).size).toBe(TRIED);
    expect(reached((source) => parseExpression(source).evaluate(names))).toEqual([]);
  });

  it('reach nothing from within a config either', () => {
    expect(
      reached((source) => parseTemplate({ text: `a {{ ${source} }} b`, whole: `{{ ${source} }}` }).resolve(names)),
    ).toEqual([]);
  });

  it('leave no trace in the host', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    for (const source of attempts) outcomeOf(() => parseExpression(source).evaluate(names));
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(context['input']).toEqual({ text: 'hello', list: [1, 'a', { b: 2 }], a: { b: 1 } });
  });

  it('would get out where paths are walked carelessly: the test can fail', () => {
    const careless = (source: string) =>
      source
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], context);
    expect(reached(careless).length).toBeGreaterThan(50);
  });
});

const word = fc.constantFrom(
  'input',
  'x',
  'y',
  'item',
  'constructor',
  'hostFunction',
  'hostInstance',
  'nope',
  'string',
);
const key = fc.constantFrom('text', 'list', 'a', 'b', 'constructor', '__proto__', 'secret', 'length');
const literal = fc.oneof(
  fc.integer({ min: -5, max: 1_000_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `(${value})`),
  fc.constantFrom(
    'true',
    'false',
    'null',
    '[]',
    '{}',
    "''",
    '1e308',
    'timestamp(0)',
    "duration('1s')",
    "'2026-01-01'",
    "'(a+)+$'",
  ),
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
);
const unary =
  'size type string int double bool json parse_json trim lower upper keys values sum min max round floor ceil sort distinct flatten timestamp duration base64 sha256 abs getFullYear';
const binary = 'join split substring matches slice format_time startsWith endsWith contains min max default round';

/** Sources of random trees: well-formed, seldom well-typed. */
const { tree } = fc.letrec<{ tree: string }>((tie) => {
  const part = tie('tree');
  return {
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.oneof(literal, word),
      fc
        .tuple(part, fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||'), part)
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(part, key).map(([target, name]) => `${target}.${name}`),
      fc.tuple(part, part).map(([target, index]) => `${target}[${index}]`),
      fc.tuple(fc.constantFrom('!', '-'), part).map(([operator, operand]) => `${operator}(${operand})`),
      fc.tuple(part, part, part).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      fc.array(part, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
      fc
        .array(fc.tuple(part, part), { maxLength: 3 })
        .map((entries) => `{${entries.map(([name, value]) => `${name}: ${value}`).join(', ')}}`),
      fc.tuple(fc.constantFrom(...unary.split(' ')), part).map(([name, arg]) => `${name}(${arg})`),
      fc
        .tuple(fc.constantFrom(...binary.split(' ')), part, part)
        .map(([name, first, second]) => `${name}(${first}, ${second})`),
      fc.tuple(part, part, part).map(([text, from, to]) => `replace(${text}, ${from}, ${to})`),
      fc
        .tuple(part, fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one'), fc.constantFrom('x', 'y'), part)
        .map(([over, macro, variable, body]) => `${over}.${macro}(${variable}, ${body})`),
      fc.tuple(part, key).map(([target, name]) => `has(${target}.${name})`),
    ),
  };
});

const isJson = (value: unknown) => !isHostReference(value) && JSON.stringify(value) !== undefined;

it('random trees give JSON or an ExpressionError, and nothing else', () => {
  let tried = 0;
  let gave = 0;
  fc.assert(
    fc.property(tree, (source) => {
      tried++;
      const outcome = outcomeOf(() => parseExpression(source).evaluate(names));
      if ('refused' in outcome) return outcome.refused.message.length > 0;
      gave++;
      return isJson(outcome.value);
    }),
    { numRuns: 10_000 },
  );
  expect(tried).toBe(10_000);
  expect(gave).toBeGreaterThan(500);
});

it('random characters give JSON or an ExpressionError, and nothing else', () => {
  const noise = fc.string({
    unit: fc.constantFrom(...'abx10.+-*/%(){}[]<>=!&|?:,\'"\\ \n@`$', 'input', 'map', 'size', '{{', '}}'),
  });
  fc.assert(
    fc.property(noise, (source) => {
      const outcome = outcomeOf(() => parseTemplate([source, `{{${source}}}`]).resolve(names));
      return 'refused' in outcome || isJson(outcome.value);
    }),
    { numRuns: 10_000 },
  );
});

it('values come back from JSON as they went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      fc.pre(!/"(?:__proto__|constructor|prototype)":/.test(JSON.stringify(value)));
      const evaluate = (source: string) =>
        parseExpression(source).evaluate((name) => (name === 'input' ? value : undefined));
      expect(JSON.stringify(evaluate('[input][0]'))).toBe(JSON.stringify(value));
      expect(evaluate('json(input)')).toBe(JSON.stringify(value));
      expect(evaluate('parse_json(json(input)) == input')).toBe(true);
    }),
  );
});
