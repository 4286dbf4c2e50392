import { describe, expect, it } from '@jest/globals';
import {
  type ConfigClass,
  Contains,
  Field,
  IsString,
  type JsonObject,
  type JsonSchema,
  Json,
  ListOf,
  Nested,
  ValidateNested,
} from '#plugin-sdk';
import { classCheck } from './class-check.js';
import { nearest } from './did-you-mean.js';
import { schemaCheck } from './schema-check.js';

describe('the word that is meant', () => {
  it.each([
    ['ulr', 'url'],
    ['', undefined],
    ['metod', 'method'],
    ['URL', 'url'],
    ['max_byte', 'max_bytes'],
    ['nothing_like_it', undefined],
    ['x'.repeat(80), undefined],
  ])('%s: %s', (word, meant) => expect(nearest(word, ['url', 'method', 'max_bytes'])).toBe(meant));

  it('is the nearest of several', () => expect(nearest('hed', ['he', 'head', 'headers'])).toBe('he'));
});

describe('a check against a schema', () => {
  const properties = (fields: JsonObject, required: readonly string[] = []): JsonSchema => ({
    type: 'object',
    properties: fields,
    required,
    additionalProperties: false,
  });
  const schema = properties(
    {
      url: { type: 'string', minLength: 3, maxLength: 9 },
      method: { type: 'string', enum: ['GET', 'POST'] },
      n: { type: 'integer', minimum: 1, maximum: 9, multipleOf: 2 },
      token: { type: 'string', pattern: '^[a-z]+$', 'x-secret': true },
      name: { type: 'string', pattern: '^[a-z]+$' },
      cases: { type: 'array', maxItems: 2, minItems: 1, items: properties({ 'a/b': { type: 'boolean' } }, ['a/b']) },
      inner: properties({}),
    },
    ['url'],
  );
  const check = schemaCheck(schema);
  const sound = { url: 'abc' };

  it('lets pass what fits', () => {
    expect(check(sound)).toBeNull();
    expect(check({ ...sound, method: 'GET', n: 2, name: 'a', cases: [{ 'a/b': true }], inner: {} })).toBeNull();
  });

  it.each<[JsonObject, string]>([
    [{}, 'config.url is missing.'],
    [{ url: 7 }, 'config.url is a number, but has to be a string.'],
    [{ url: null }, 'config.url is null, but has to be a string.'],
    [{ url: 'ab' }, 'config.url is too short: it has to hold at least 3.'],
    [{ url: 'abcdefghij' }, 'config.url is too long: it may hold at most 9.'],
    [
      { ...sound, metod: 'GET' },
      'config.metod is no field of this node type. Did you mean "method"? It has url, method, n, token, name, cases, inner.',
    ],
    [{ ...sound, method: 'GTE' }, 'config.method is "GTE". Choose one of "GET", "POST". Did you mean "GET"?'],
    [{ ...sound, n: 0 }, 'config.n is 0, but has to be at least 1.'],
    [{ ...sound, n: 11 }, 'config.n is 11, but may be at most 9.'],
    [{ ...sound, n: 1.5 }, 'config.n is a number, but has to be a whole number.'],
    [{ ...sound, n: 3 }, 'config.n is 3. 3 is not a multiple of 2.'],
    [{ ...sound, name: 'A1' }, 'config.name is "A1", which does not match ^[a-z]+$.'],
    [{ ...sound, name: 'A'.repeat(100) }, `config.name is "${'A'.repeat(79)}…, which does not match ^[a-z]+$.`],
    [{ ...sound, cases: {} }, 'config.cases is an object, but has to be a list.'],
    [{ ...sound, cases: [] }, 'config.cases is too short: it has to hold at least 1.'],
    [{ ...sound, cases: [{ 'a/b': 1 }] }, 'config.cases[0].a/b is a number, but has to be a boolean.'],
    [{ ...sound, cases: [{}] }, 'config.cases[0].a/b is missing.'],
    [
      { ...sound, cases: [{ 'a/b': true, other: 1 }] },
      'config.cases[0].other is no field of this node type. It has a/b.',
    ],
    [{ ...sound, inner: [] }, 'config.inner is a list, but has to be an object.'],
    [{ ...sound, inner: { x: 1 } }, 'config.inner.x is no field of this node type. It has none.'],
  ])('%j: %s', (config, message) => expect(check(config)).toBe(message));

  it('does not repeat a secret', () => {
    expect(check({ ...sound, token: 'SECRET1' })).toBe('config.token is a secret, which does not match ^[a-z]+$.');
  });

  it('takes a choice that is no text, and finds no word that was meant', () => {
    expect(schemaCheck(properties({ n: { enum: [1, 2] } }))({ n: 3 })).toBe('config.n is 3. Choose one of 1, 2.');
  });
});

describe('a check by the validators of a class', () => {
  class Inner {
    @Contains('x')
    @Field({ label: 'A' })
    a!: string;
  }
  class Outer {
    @IsString({ message: 'has to be a name' })
    @Field({ label: 'Name' })
    name = 'default';

    @Nested(() => Inner)
    @Field({ label: 'Inner' })
    inner?: Inner;

    @ListOf(() => Inner)
    @Field({ label: 'List' })
    list?: Inner[];

    @ListOf('string')
    @Field({ label: 'Tags' })
    tags?: string[];
  }
  const check = (config: ConfigClass, value: JsonObject): string | null => classCheck(config)(value);

  it.each<[JsonObject, string | null]>([
    [{}, null],
    [{ name: 'n', inner: { a: 'x' }, list: [{ a: 'x' }], tags: ['t'] }, null],
    [{ name: 1 }, 'config.name: has to be a name.'],
    [{ inner: { a: 'b' } }, 'config.inner.a: a must contain a x string.'],
    [{ list: [{ a: 'x' }, { a: 'b' }] }, 'config.list[1].a: a must contain a x string.'],
    [{ list: 'no list' }, null],
    [{ inner: 7, list: [null] }, null],
  ])('%j: %s', (value, message) => expect(check(Outer, value)).toBe(message));

  it('reads what @ValidateNested reports from inside', () => {
    class Validated {
      @ValidateNested()
      @Json()
      inner!: object;
    }
    const inner = Object.assign(new Inner(), { a: 'b' });
    expect(check(Validated, { inner } as unknown as JsonObject)).toBe('config.inner: a: a must contain a x string.');
    expect(check(Validated, { inner: 'text' })).toContain('config.inner: ');
  });
});
