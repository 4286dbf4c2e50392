import { describe, expect, it } from '@jest/globals';
import { type JsonObject, type JsonValue, usesPattern } from '#plugin-sdk';
import { schemaCheck } from '../../config/schema-check.js';
import { boundedSchema } from './bounded-schema.js';

const object = (more: JsonObject): JsonObject => ({ type: 'object', ...more });

describe('a schema that a server wrote', () => {
  it('keeps what can be checked and told', () => {
    const schema = object({
      title: 'Arguments',
      description: 'All of it.',
      properties: {
        pattern: {
          type: ['string', 'null'],
          minLength: 1,
          maxLength: 9,
          default: 'a',
          description: 'What is looked for.',
        },
        n: { type: 'integer', minimum: 1, exclusiveMaximum: 9, multipleOf: 2 },
        kind: { enum: ['a', 1] },
        only: { const: null },
        list: { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 3 },
        pair: { prefixItems: [{ type: 'string' }, true] },
        any: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        all: { allOf: [{ type: 'object' }, { required: ['a'] }] },
        map: object({ additionalProperties: { type: 'string' } }),
      },
      required: ['pattern'],
      additionalProperties: false,
    });
    expect(boundedSchema(schema)).toEqual(schema);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['patterns', { a: { type: 'string', pattern: '^(a+)+$', format: 'email' } }, { a: { type: 'string' } }],
    [
      'what means more without its parts',
      { a: { not: { pattern: 'x' }, if: true, then: false, contains: {} } },
      { a: {} },
    ],
    [
      'what has not its form',
      { a: { type: 'strin', minLength: '1', required: 'a', enum: 1, multipleOf: 0 } },
      { a: {} },
    ],
    ['what is no schema', { a: 5, b: ['x'], c: null }, { a: {}, b: {}, c: {} }],
    ['lists of schemas as items', { a: { items: [{ type: 'string' }] } }, { a: {} }],
    ['empty choices', { a: { anyOf: [], allOf: [], type: [] } }, { a: {} }],
    ['what is not known', { a: { $id: 'https://a.example/', $anchor: 'x', $comment: 'y', weird: 1 } }, { a: {} }],
    [
      'one of several for any of them',
      { a: { oneOf: [{ type: 'string' }, { maxLength: 1 }] } },
      { a: { anyOf: [{ type: 'string' }, { maxLength: 1 }] } },
    ],
    [
      'both kinds of choice',
      { a: { anyOf: [{ minimum: 1 }], oneOf: [{ maximum: 2 }] } },
      { a: { anyOf: [{ minimum: 1 }], allOf: [{ anyOf: [{ maximum: 2 }] }] } },
    ],
    ['long texts', { a: { title: 'x'.repeat(1_001) } }, { a: { title: 'x'.repeat(1_000) } }],
  ])('loses or loosens %s', (_what, properties, left) => {
    expect(boundedSchema(object({ properties }))).toEqual(object({ properties: left }));
  });

  it('leaves keys free where patterns have named some', () => {
    const patternProperties = { '^x-': { type: 'string' } };
    expect(boundedSchema(object({ patternProperties, additionalProperties: false }))).toEqual(object({}));
  });

  it('has its references written out, of both kinds', () => {
    const schema = object({
      properties: { a: { $ref: '#/$defs/one', title: 'A', type: 'number' }, b: { $ref: '#/definitions/t~1wo' } },
      $defs: { one: { type: 'string' } },
      definitions: { 't/wo': { type: 'boolean' } },
    });
    expect(boundedSchema(schema)).toEqual(
      object({ properties: { a: { title: 'A', allOf: [{ type: 'string' }] }, b: { allOf: [{ type: 'boolean' }] } } }),
    );
  });

  it.each(['#', '#/properties/a', 'https://a.example/x', '#/$defs/none', '#/$defs/__proto__'])(
    'takes anything where %s leads',
    ($ref) => {
      const check = schemaCheck(boundedSchema(object({ properties: { a: { $ref } } })));
      expect(check({ a: { a: 1 } })).toBeNull();
    },
  );

  it('ends where it refers to itself, or to ever more', () => {
    const tree = object({ properties: { next: { $ref: '#/$defs/tree' } } });
    expect(
      schemaCheck(boundedSchema(object({ ...tree, $defs: { tree } })))({ next: { next: { next: 1 } } }),
    ).toBeNull();
    const twice = (name: string): JsonObject => ({ allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] });
    const $defs = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`d${at}`, twice(`d${at + 1}`)]));
    const bounded = boundedSchema(object({ properties: { a: { $ref: '#/$defs/d0' } }, $defs }));
    expect(JSON.stringify(bounded).length).toBeLessThan(20_000);
    expect(schemaCheck(bounded)({ a: 1 })).toBeNull();
    const deep = Array.from({ length: 100 }).reduce<JsonObject>((inner) => object({ properties: { a: inner } }), {});
    expect(JSON.stringify(boundedSchema(deep)).length).toBeLessThan(1_000);
  });

  it('never asks for a regular expression, also where one would be reached by a detour', () => {
    const bomb = { type: 'string', pattern: '^(a+)+$' };
    const hidden: readonly JsonValue[] = [
      object({ properties: { a: { $ref: '#/x/y' } }, x: { y: bomb } }),
      object({ properties: { a: { allOf: [{ anyOf: [{ items: bomb }] }] } } }),
      object({ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { additionalProperties: bomb } } }),
    ];
    for (const schema of hidden) {
      const bounded = boundedSchema(schema as JsonObject);
      expect(usesPattern(bounded)).toBe(false);
      expect(schemaCheck(bounded)({ a: `${'a'.repeat(50)}!` })).toBeNull();
    }
  });
});
