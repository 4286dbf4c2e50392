import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '#plugin-sdk';
import { collectErrors, MAX_STRING_LENGTH, parseCondition, parseTemplate } from './index.js';

const data: Readonly<Record<string, unknown>> = {
  input: {
    name: 'Ada',
    n: 3,
    list: [1, { a: 2 }],
    nothing: null,
    yes: true,
    braces: '}}',
    big: 'a'.repeat(MAX_STRING_LENGTH),
  },
};
const names = (name: string) => data[name];
const resolve = (value: JsonValue) => parseTemplate(value).resolve(names);

describe('A config with expressions resolves', () => {
  it.each<[JsonValue, JsonValue]>([
    ['{{ input.n }}', 3],
    ['{{input.list}}', [1, { a: 2 }]],
    ['{{ input.nothing }}', null],
    ['Hi {{ input.name }}!', 'Hi Ada!'],
    ['{{ input.n }} of {{ input.n + 0.5 }}', '3 of 3.5'],
    ['[{{ input.nothing }}]', '[]'],
    ['is {{ input.yes }}', 'is true'],
    ['{{ input.list }} ', '[1,{"a":2}] '],
    ['at {{ timestamp(0) }} for {{ duration("90s") }}', 'at 1970-01-01T00:00:00.000Z for 90s'],
    ["{{ {'a': {'b': 1}} }}", { a: { b: 1 } }],
    ["{{ {'a': {'b': 1}}}}", { a: { b: 1 } }],
    ['{{ \'}}\' + "}}" }}', '}}}}'],
    ["{{ 'it\\'s }}' }}", "it's }}"],
    ["{{ '''a'}}''' }}", "a'}}"],
    ['{{ input.braces }} }}', '}} }}'],
    ['{{{{ input.name }}', '{{ input.name }}'],
    ['{{{{{{ input.name }}', '{{Ada'],
    ['a {{{{b}} {{ input.n }}', 'a {{b}} 3'],
    ['{{{{', '{{'],
    ['plain } text { }}', 'plain } text { }}'],
    ['{ {x} }', '{ {x} }'],
    ['', ''],
    [
      { a: '{{ input.n }}', b: { c: ['x', '{{ input.name }}'] }, d: 1 },
      { a: 3, b: { c: ['x', 'Ada'] }, d: 1 },
    ],
    [
      [1, '{{{{', null],
      [1, '{{', null],
    ],
    [
      { a: '{{{{', b: true },
      { a: '{{', b: true },
    ],
  ])('%j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });
});

it('gives the same object where there are no expressions', () => {
  const config = { a: [1, { b: 'x' }], c: { d: null } };
  const template = parseTemplate(config);
  expect(template.hasExpressions).toBe(false);
  expect(template.resolve(names)).toBe(config);

  const mixed = { plain: config, made: '{{ 1 }}' };
  expect((parseTemplate(mixed).resolve(names) as typeof mixed).plain).toBe(config);
});

it('lists its expressions with their places and what they read', () => {
  const { expressions, hasExpressions } = parseTemplate(
    { 'a/b': ['{{ input.n }}'], 'c~': 'x {{ nodes.ask.output.text }}{{ item }}', when: 'input.n > 1' },
    { condition: (pointer) => pointer === '/when' },
  );
  expect(hasExpressions).toBe(true);
  expect(expressions.map(({ pointer, kind, expression }) => [pointer, kind, expression.source])).toEqual([
    ['/a~1b/0', 'value', 'input.n'],
    ['/c~0', 'text', 'nodes.ask.output.text'],
    ['/c~0', 'text', 'item'],
    ['/when', 'condition', 'input.n > 1'],
  ]);
  expect(expressions[1]!.expression.references).toMatchObject([{ root: 'nodes', path: ['ask', 'output', 'text'] }]);
});

it('leaves literal fields alone, and all that is in them', () => {
  const config = { source: 'return `{{ x }}`', deep: { a: ['{{'] }, text: '{{ input.n }}' };
  const literal = (pointer: string) => pointer === '/source' || pointer === '/deep';
  const resolved = parseTemplate(config, { literal }).resolve(names) as typeof config;
  expect(resolved).toEqual({ ...config, text: 3 });
  expect(resolved.deep).toBe(config.deep);
});

it('resolves condition fields to bools, with or without braces', () => {
  const condition = (pointer: string) => pointer.endsWith('/when');
  const cases = [{ when: 'input.n > 1' }, { when: '{{ input.n > 5 }}' }, { when: true }];
  expect(parseTemplate(cases, { condition }).resolve(names)).toEqual([{ when: true }, { when: false }, { when: true }]);
  expect(() => parseTemplate(cases.concat({ when: 'input.n' } as never), { condition }).resolve(names)).toThrow(
    expect.objectContaining({ code: 'condition_not_boolean', pointer: '/3/when', source: 'input.n' }),
  );
});

it('says at which place of the config it failed', () => {
  expect(() => parseTemplate({ a: { 'b/c': 'x {{ 1 + }}' } })).toThrow(
    expect.objectContaining({ code: 'expression_syntax', pointer: '/a/b~1c', source: '1 +' }),
  );
  expect(() => resolve({ a: ['{{ input.gone }}'] })).toThrow(
    expect.objectContaining({ code: 'expression_failed', pointer: '/a/0' }),
  );
  expect(() => resolve({ a: 'x {{ input.gone }}' })).toThrow(
    expect.objectContaining({ code: 'expression_failed', pointer: '/a' }),
  );
  expect(() => resolve({ a: '{{ input.big }}{{ input.n }}' })).toThrow(
    expect.objectContaining({ code: 'expression_too_large', pointer: '/a' }),
  );
});

it.each<[JsonValue, RegExp]>([
  ['{{ input.n', /no '}}'.*'{{{{'/],
  ['a {{ ', /no '}}'/],
  ["{{ 'open }}", /no '}}'/],
  ["{{ '''open }}", /no '}}'/],
  ['{{ {1 }}', /no '}}'/],
  ['{{ }}', /nothing between the braces/],
  [{ constructor: '{{ 1 }}' }, /may not be a key/],
])('refuses %j', (value, reason) => {
  expect(() => parseTemplate(value)).toThrow(
    expect.objectContaining({ code: 'expression_syntax', message: expect.stringMatching(reason) }),
  );
});

it('collects every error, not only the first', () => {
  const errors = collectErrors(
    { a: '{{ 1 + }}', b: ['{{', '{{ nope() }}', 'fine {{ 1 }}'], when: 'has_tool_calls', code: '{{' },
    { condition: (pointer) => pointer === '/when', literal: (pointer) => pointer === '/code' },
  );
  expect(errors.map(({ pointer, error }) => [pointer, error.code, error.pointer])).toEqual([
    ['/a', 'expression_syntax', '/a'],
    ['/b/0', 'expression_syntax', '/b/0'],
    ['/b/1', 'expression_syntax', '/b/1'],
    ['/when', 'expression_syntax', '/when'],
  ]);
  expect(collectErrors({ a: 'fine' })).toEqual([]);
});

it('lets a bug of the caller through as it is', () => {
  const bug = new TypeError('a bug');
  const literal = () => {
    throw bug;
  };
  expect(() => parseTemplate('x', { literal })).toThrow(bug);
  const failing = () => {
    throw bug;
  };
  expect(() => parseTemplate('{{ a }}').resolve(failing)).toThrow(bug);
  expect(() => parseTemplate('x', { condition: failing })).toThrow(bug);
});

describe('A condition', () => {
  it('is written with or without braces', () => {
    expect(parseCondition('input.n == 3').test(names)).toBe(true);
    expect(parseCondition(' {{ input.n == 4 }} ').test(names)).toBe(false);
    expect(parseCondition('{{ input.n == 3 }}').source).toBe('input.n == 3');
    expect(parseCondition('input.n == 3').evaluate(names)).toBe(true);
  });

  it.each(['input.n', "'true'", 'null', '[]', '1', '{}', 'input.nothing'])('is never coerced: %s', (source) => {
    expect(() => parseCondition(source).test(names)).toThrow(
      expect.objectContaining({ code: 'condition_not_boolean', source }),
    );
  });

  it('fails where its value is unknown, and is never true then', () => {
    expect(() => parseCondition('input.gone == 1').test(names)).toThrow(
      expect.objectContaining({ code: 'expression_failed' }),
    );
    expect(() => parseCondition('nobody').test(names)).toThrow(expect.objectContaining({ code: 'expression_failed' }));
  });

  it.each<[string, string]>([
    ['variable x equals y', "variables.x == 'y'"],
    ['variable x equals 3', 'variables.x == 3'],
    ['variable done equals true', 'variables.done == true'],
    ["variable x equals it's", "variables.x == 'it\\'s'"],
    ["variable x not_equals 'y z'", "variables.x != 'y z'"],
    ['{{ variable user.age greater_than 18 }}', 'variables.user.age > 18'],
    ['variable n less_than -2.5', 'variables.n < -2.5'],
    ['variable s contains ab c', "variables.s.contains('ab c')"],
    ['variable s exists', 'has(variables.s)'],
    ['has_tool_calls', 'size(incoming.tool_calls) > 0'],
    [' no_tool_calls ', 'size(incoming.tool_calls) == 0'],
    ['has_error', 'has(error.code)'],
    ['always', 'true'],
  ])('in the old grammar is refused with the CEL for it: %s', (source, cel) => {
    expect(() => parseCondition(source)).toThrow(
      expect.objectContaining({ code: 'expression_syntax', message: expect.stringContaining(`In CEL: ${cel}`) }),
    );
    expect(() => parseCondition(cel)).not.toThrow();
  });

  it.each(['', '{{ }}', 'variable x resembles y', 'a {{ b }}', '{{ a }} && {{ b }}', '{{ a'])(
    'is one whole expression: %j',
    (source) => {
      expect(() => parseCondition(source)).toThrow(expect.objectContaining({ code: 'expression_syntax' }));
    },
  );
});
