import { expect, it } from '@jest/globals';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  Contains,
  IsBoolean,
  IsDivisibleBy,
  IsNegative,
  IsNotEmptyObject,
  IsRFC3339,
  IsUrl,
  IsUUID,
  Json,
  Matches,
  MaxLength,
  MinLength,
} from '#plugin-sdk';
import { schemaOfClass } from './config-schema.js';

it.each<[string, PropertyDecorator, object]>([
  ['IsBoolean', IsBoolean(), { type: 'boolean' }],
  ['IsNotEmptyObject', IsNotEmptyObject(), { type: 'object', minProperties: 1 }],
  ['IsNegative', IsNegative(), { exclusiveMaximum: 0 }],
  ['IsDivisibleBy', IsDivisibleBy(5), { multipleOf: 5 }],
  ['MinLength', MinLength(2), { minLength: 2 }],
  ['MaxLength', MaxLength(3), { maxLength: 3 }],
  ['IsUrl', IsUrl(), { type: 'string' }],
  ['IsUUID', IsUUID(), { type: 'string', format: 'uuid' }],
  ['IsRFC3339', IsRFC3339(), { type: 'string' }],
  ['ArrayMaxSize', ArrayMaxSize(4), { maxItems: 4 }],
  ['ArrayNotEmpty', ArrayNotEmpty(), { minItems: 1 }],
  ['ArrayUnique', ArrayUnique(), { uniqueItems: true }],
  ['Matches', Matches(/^[a-z]$/u), { pattern: '^[a-z]$' }],
  ['Matches with flags', Matches(/^a/i), {}],
  ['Matches that Unicode forbids', Matches(/[\w-.]/), {}],
  ['Contains, which JSON Schema cannot say', Contains('x'), {}],
])('%s', (_name, decorator, keywords) => {
  class Config {}
  decorator(Config.prototype, 'field');
  Json()(Config.prototype, 'field');
  expect(schemaOfClass(Config)['properties']).toEqual({ field: { title: 'field', ...keywords } });
});
