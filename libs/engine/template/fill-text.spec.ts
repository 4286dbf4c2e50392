import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { parseCondition, parseTemplate } from '../expression/index.js';
import { celLiteral } from './cel-literal.js';
import { escaped, fillCondition, fillText, leftOut, type FillingOf } from './fill-text.js';

const given =
  (values: JsonObject): FillingOf =>
  (name) =>
    Object.hasOwn(values, name) ? { is: 'value', value: values[name]! } : { is: 'missing' };
const none = given({});
const resolved = (value: JsonValue, names: JsonObject) => parseTemplate(value).resolve((name) => names[name]);

describe('A parameter in a text', () => {
  it('keeps its type where it is all of the text', () => {
    for (const value of [3, 0.5, true, ['a', 1], { a: { b: null } }, 'text', ''])
      expect(fillText('{{ params.x }}', given({ x: value }))).toEqual(value);
    expect(fillText("{{params['x']}}", given({ x: 3 }))).toBe(3);
  });

  it('is written in where there is other text', () => {
    const text = 'Hi {{ params.x }}!';
    expect(fillText(text, given({ x: 'Ada' }))).toBe('Hi Ada!');
    expect(fillText(text, given({ x: 3 }))).toBe('Hi 3!');
    expect(fillText(text, given({ x: { a: [1] } }))).toBe('Hi {"a":[1]}!');
    expect(fillText(text, none)).toBe('Hi !');
  });

  it('is left out where it is all of the text, and missing', () => {
    expect(fillText('{{ params.x }}', none)).toBe(leftOut);
  });

  it('becomes a literal within a larger expression', () => {
    expect(fillText('{{ params.n + input.n }}', given({ n: -1 }))).toBe('{{ (-1) + input.n }}');
    expect(fillText('{{ params.x == "params.x" }}', given({ x: 'a"b' }))).toBe('{{ "a\\"b" == "params.x" }}');
    expect(fillText('{{ params.x.a + params["x"].b }}', given({ x: { a: 1, b: 2 } }))).toBe(
      '{{ {"a": (1), "b": (2)}.a + {"a": (1), "b": (2)}.b }}',
    );
  });

  it('may be missing in default() and has(), and is null elsewhere', () => {
    const said = (text: string, values: JsonObject) => resolved(fillText(text, given(values)) as JsonValue, {});
    expect(said("{{ default(params.x, 'none') }}", {})).toBe('none');
    expect(said("{{ default(params.x, 'none') }}", { x: 'some' })).toBe('some');
    expect(said("{{ default(params.x.y, 'none') }}", { x: { z: 1 } })).toBe('none');
    expect(said("{{ default(params['in'], 'none') }}", { in: 'some' })).toBe('some');
    expect(said('{{ has(params.x) }}', {})).toBe(false);
    expect(said('{{ has(params.x) }}', { x: 0 })).toBe(true);
    expect(said('{{ params.x == null }}', {})).toBe(true);
  });

  it('stays a text, also where only one expression is left of it', () => {
    const said = (values: JsonObject) =>
      resolved(fillText('{{ params.x }}{{ input.n }}', given(values)) as JsonValue, { input: { n: 7 } });
    expect(said({ x: '' })).toBe('7');
    expect(said({})).toBe('7');
    expect(said({ x: '{' })).toBe('{7');
  });

  it('leaves what only looks like it as it is', () => {
    for (const text of [
      'params.x',
      'of params',
      "{{ 'params.x' }}",
      '{{ input.params.x }}',
      '{{ [1].map(params, params) }}',
    ])
      expect(fillText(text, given({ x: 'VALUE' }))).toBe(text);
  });

  it('leaves what cannot be parsed, or has a computed name, to the validator', () => {
    for (const text of ['{{ params.x + }}', '{{ params.x', '{{ params[input.x] }}', '{{ params }}'])
      expect(fillText(text, given({ x: 'VALUE' }))).toBe(text);
  });

  it('stays as it is where nobody declared it, or where its value is not known yet', () => {
    expect(fillText('{{ params.x }} {{ params.y }}', () => null)).toBe('{{ params.x }} {{ params.y }}');
    expect(fillText('{{ params.x }}', () => ({ is: 'kept' }))).toBe('{{ params.x }}');
    expect(fillText('a {{ params.x }}', () => ({ is: 'kept' }))).toBe('a {{ params.x }}');
  });

  it('becomes a reference where it is a secret', () => {
    const secret =
      (name: string): FillingOf =>
      () => ({ is: 'secret', name });
    expect(fillText('{{ params.key }}', secret('crm_key'))).toBe('{{ secrets.crm_key }}');
    expect(fillText('Bearer {{ params.key }}', secret('crm-key'))).toBe('Bearer {{ secrets["crm-key"] }}');
    expect(fillText("{{ default(params.key, '') }}", secret('k'))).toBe("{{ default(secrets.k, '') }}");
  });
});

describe('A condition', () => {
  it('is filled in with or without braces', () => {
    expect(fillCondition('input.n > params.n', given({ n: 3 }))).toBe('input.n > (3)');
    expect(fillCondition('{{ params.on }}', given({ on: true }))).toBe('true');
    expect(fillCondition('{{ input.on }}', none)).toBe('{{ input.on }}');
  });
});

/** Texts that try to get out of wherever they are put. */
const nasty = fc.oneof(
  fc.constantFrom(
    '{{ input.n }}',
    '}}',
    '{{',
    '{',
    '}',
    '{{{{',
    '"',
    "'",
    '\\',
    "' + secrets.x + '",
    '{{ 1 }',
    "'''",
    '\n',
    '//',
  ),
  fc
    .array(fc.constantFrom('{', '}', '"', "'", '\\', '{{', 'input', ' ', 'a', '(', ')', '\u2028', '😀'), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const scalar = fc.oneof(nasty, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
const key = nasty.filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(key, scalar, { maxKeys: 3, noNullPrototype: true }),
);
const piece = fc.oneof(
  fc.constantFrom(
    '{{ params.x }}',
    '{{ params.y }}',
    '{{ input.n }}',
    "{{ [params.x, input.n, 'params.y'] }}",
    "{{ default(params.y, 'none') }}",
    '{{ has(params.x) }}',
    '{{ params.x == params.y }}',
    "{{ {'a': params.x} }}",
  ),
  // An opening brace right before an expression is no way to write one.
  nasty.map((text) => (escaped(text) as string).replace(/\{$/, '{ ')),
);
const text = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));

/** JSON has no -0, and text no half surrogates. */
const asJson = (one: JsonValue): JsonValue => JSON.parse(JSON.stringify(one).toWellFormed()) as JsonValue;

describe('Whatever the values are', () => {
  it('filled in first and evaluated then gives what evaluating with them gives', () => {
    fc.assert(
      fc.property(text, value.map(asJson), value.map(asJson), (template, x, y) => {
        const expected = resolved(template, { params: { x, y }, input: { n: 7 } });
        const filled = fillText(template, given({ x, y })) as JsonValue;
        expect(resolved(filled, { input: { n: 7 } })).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('no expression is there that the template has not, and nothing else is read', () => {
    fc.assert(
      fc.property(text, value.map(asJson), value.map(asJson), (template, x, y) => {
        const filled = parseTemplate(fillText(template, given({ x, y })) as JsonValue).expressions;
        expect(filled.flatMap(({ expression }) => expression.references.map(({ root }) => root))).toEqual(
          parseTemplate(template)
            .expressions.flatMap(({ expression }) => expression.references.map(({ root }) => root))
            .filter((root) => root !== 'params'),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('a literal in a condition is that value', () => {
    fc.assert(
      fc.property(value.map(asJson), (one) => {
        expect(parseCondition(`${celLiteral(one)} == input.one`).test(() => ({ one }))).toBe(true);
        expect(parseCondition(fillCondition('params.x == input.one', given({ x: one }))).test(() => ({ one }))).toBe(
          true,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('whole numbers that are not exact stay the doubles that they are', () => {
    expect(celLiteral(2 ** 60)).toBe('(1.152921504606847e+18)');
    expect(celLiteral(null)).toBe('null');
  });
});
