import { describe, expect, it } from '@jest/globals';
import {
  ArrayMinSize,
  Condition,
  Equals,
  Field,
  IsArray,
  IsEmail,
  IsEnum,
  IsIn,
  IsInt,
  IsNotIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Json,
  type JsonValue,
  Length,
  ListOf,
  Literal,
  Matches,
  Max,
  Min,
  Nested,
  Secret,
  ValidateIf,
} from '#plugin-sdk';
import { schemaOfClass } from './config-schema.js';

/** The properties of a schema. */
const propertiesOf = (config: new () => object): Record<string, unknown> =>
  schemaOfClass(config)['properties'] as Record<string, unknown>;

class Case {
  @IsString()
  @Matches(/^[a-z]+$/)
  @Literal()
  @Field({ label: 'Name' })
  name!: string;

  @Condition()
  @Field({ label: 'When' })
  when!: boolean;
}

describe('the schema of a config class', () => {
  it('says what the decorators say', () => {
    class Config {
      @IsString()
      @Length(1, 10)
      @Field({ label: 'Name', help: 'Who is greeted', placeholder: 'Ada', aliases: ['who'], widget: 'textarea' })
      name!: string;

      @IsOptional()
      @IsInt()
      @Min(1)
      @Max(9)
      @Field({ label: 'Times', default: 3 })
      times?: number;

      @IsOptional()
      @IsString()
      @Secret()
      @Field({ label: 'Token' })
      token?: string;
    }
    expect(schemaOfClass(Config)).toEqual({
      type: 'object',
      properties: {
        name: {
          title: 'Name',
          description: 'Who is greeted',
          type: 'string',
          minLength: 1,
          maxLength: 10,
          'x-placeholder': 'Ada',
          'x-aliases': ['who'],
          'x-widget': 'textarea',
        },
        times: { title: 'Times', type: 'integer', minimum: 1, maximum: 9, default: 3 },
        token: { title: 'Token', type: 'string', 'x-secret': true },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it('has a field left out when it is optional, has a default, or is made with a value', () => {
    class Config {
      @IsString() @Field({ label: 'A' }) must!: string;
      @IsOptional() @IsString() @Field({ label: 'B' }) may?: string;
      @ValidateIf(() => true) @IsString() @Field({ label: 'C' }) sometimes?: string;
      @IsString() @Field({ label: 'D', default: 'd' }) described!: string;
      @IsString() @Field({ label: 'E' }) made = 'e';
    }
    expect(schemaOfClass(Config)['required']).toEqual(['must']);
    expect(propertiesOf(Config)['made']).toMatchObject({ default: 'e' });
  });

  it('describes lists and objects by the classes inside them', () => {
    class Config {
      @IsArray() @ArrayMinSize(1) @ListOf(() => Case) @Field({ label: 'Cases' }) cases!: Case[];
      @Nested(() => Case) @Field({ label: 'Else' }) otherwise!: Case;
      @ListOf('json') @Field({ label: 'Items', min: 1, max: 5 }) items!: JsonValue[];
      @IsString({ each: true })
      @Length(1, 3, { each: true })
      @ListOf('string')
      @Field({ label: 'Tags' })
      tags!: string[];
    }
    const inner = {
      type: 'object',
      properties: {
        name: { title: 'Name', type: 'string', pattern: '^[a-z]+$', 'x-expression': false },
        when: { title: 'When', type: 'boolean', 'x-condition': true },
      },
      required: ['name', 'when'],
      additionalProperties: false,
    };
    expect(propertiesOf(Config)).toEqual({
      cases: { title: 'Cases', type: 'array', minItems: 1, items: inner },
      otherwise: { title: 'Else', ...inner },
      items: { title: 'Items', type: 'array', items: {}, minItems: 1, maxItems: 5 },
      tags: { title: 'Tags', type: 'array', items: { type: 'string', minLength: 1, maxLength: 3 } },
    });
  });

  it('takes the type from TypeScript where nothing else says it', () => {
    class Config {
      @Field({ label: 'A', min: 2, max: 4 }) text!: string;
      @Field({ label: 'B', min: 2, max: 4 }) count!: number;
      @Field({ label: 'C' }) flag!: boolean;
      @Field({ label: 'D' }) list!: string[];
      @Field({ label: 'E' }) anything!: JsonValue;
    }
    expect(propertiesOf(Config)).toEqual({
      text: { title: 'A', type: 'string', minLength: 2, maxLength: 4 },
      count: { title: 'B', type: 'number', minimum: 2, maximum: 4 },
      flag: { title: 'C', type: 'boolean' },
      list: { title: 'D', type: 'array' },
      anything: { title: 'E' },
    });
  });

  it('leaves any JSON open, unless a validator closes it', () => {
    class Config {
      @Json() @Field({ label: 'A' }) any!: string;
      @Json() @IsObject() @Field({ label: 'B' }) object!: object;
    }
    expect(propertiesOf(Config)).toEqual({ any: { title: 'A' }, object: { title: 'B', type: 'object' } });
  });

  it('says choices with the type they share', () => {
    enum Size {
      small = 's',
      large = 'l',
    }
    class Config {
      @IsIn(['a', 'b']) @Field({ label: 'A', options: ['other'] }) validated!: string;
      @Field({ label: 'B', options: [1, 2] }) shown!: number;
      @IsIn(['a', 1]) @Field({ label: 'C' }) mixed!: string | number;
      @IsEnum(Size) @Field({ label: 'D' }) size!: Size;
      @IsIn([null]) @Field({ label: 'E' }) nothing!: null;
    }
    expect(propertiesOf(Config)).toEqual({
      validated: { title: 'A', type: 'string', enum: ['a', 'b'] },
      shown: { title: 'B', type: 'number', enum: [1, 2] },
      mixed: { title: 'C', enum: ['a', 1] },
      size: { title: 'D', type: 'string', enum: ['s', 'l'] },
      nothing: { title: 'E', enum: [null] },
    });
  });

  it('says what else JSON Schema can say, and leaves the rest to the validators', () => {
    class Config {
      @IsNumber() @IsPositive() @Field({ label: 'A' }) positive!: number;
      @IsNotIn(['x']) @IsString() @Field({ label: 'B' }) not!: string;
      @Equals(7) @Field({ label: 'C' }) seven!: number;
      @IsEmail() @Field({ label: 'D' }) mail!: string;
      @Matches(/^a/i) @IsString() @Field({ label: 'E' }) folded!: string;
      @Length(2) @Field({ label: 'F' }) long!: string;
    }
    expect(propertiesOf(Config)).toEqual({
      positive: { title: 'A', type: 'number', exclusiveMinimum: 0 },
      not: { title: 'B', type: 'string', not: { enum: ['x'] } },
      seven: { title: 'C', type: 'number', const: 7 },
      mail: { title: 'D', type: 'string', format: 'email' },
      folded: { title: 'E', type: 'string' },
      long: { title: 'F', type: 'string', minLength: 2 },
    });
  });

  it('inherits fields, and may say more of them', () => {
    class Parent {
      @IsString() @Field({ label: 'Name' }) name!: string;
    }
    class Child extends Parent {
      @IsOptional() @IsInt() @Field({ label: 'Age' }) age?: number;
    }
    expect(Object.keys(propertiesOf(Child))).toEqual(['name', 'age']);
    expect(schemaOfClass(Child)['required']).toEqual(['name']);
  });

  it('shows the key of a field that has no label', () => {
    class Config {
      @Literal() bare!: string;
    }
    expect(propertiesOf(Config)).toEqual({ bare: { title: 'bare', type: 'string', 'x-expression': false } });
  });

  it('refuses a class that contains itself', () => {
    class Tree {
      @Nested(() => Tree) @Field({ label: 'Child' }) child!: object;
    }
    expect(() => schemaOfClass(Tree)).toThrow('Config class "Tree" contains itself');
  });

  it('is plain JSON', () => expect(JSON.parse(JSON.stringify(schemaOfClass(Case)))).toEqual(schemaOfClass(Case)));
});
