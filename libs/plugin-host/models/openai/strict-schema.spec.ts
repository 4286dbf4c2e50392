import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#plugin-sdk';
import { isStrict } from './strict-schema.js';

const closed = (properties: JsonObject, ...required: string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const n = { type: 'number' };

describe('a schema that OpenAI holds an answer to letter by letter', () => {
  it.each<[JsonObject]>([
    [closed({})],
    [closed({ n }, 'n')],
    [closed({ list: { type: 'array', items: closed({ n }, 'n') } }, 'list')],
    [closed({ either: { anyOf: [n, { type: 'null' }] } }, 'either')],
    [{ ...closed({ one: { $ref: '#/$defs/one' } }, 'one'), $defs: { one: closed({ n }, 'n') } }],
  ])('is %j', (schema) => expect(isStrict(schema)).toBe(true));

  it.each<[string, JsonObject]>([
    ['a property that may be missing', closed({ n })],
    ['others that may be there', { type: 'object', properties: { n }, required: ['n'] }],
    ['no list of what is required', { type: 'object', properties: { n }, additionalProperties: false }],
    ['an answer that is no object', n],
    ['an open object within', closed({ list: { type: 'array', items: { type: 'object' } } }, 'list')],
    ['an open object by another name', { ...closed({}), $defs: { one: { type: 'object' } } }],
    ['a word that is not known there', closed({ n: { oneOf: [n] } }, 'n')],
    ['a part that is no schema', closed({ n: true }, 'n')],
    ['properties that are none', { ...closed({}), properties: 5 }],
  ])('is none with %s', (_what, schema) => expect(isStrict(schema)).toBe(false));
});
