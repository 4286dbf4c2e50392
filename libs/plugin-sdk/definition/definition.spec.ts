import { describe, expect, it } from '@jest/globals';
import {
  chanceFrom,
  defaultsFilled,
  effectsOf,
  isIdempotent,
  type EffectsRule,
  type JsonValue,
  portsOf,
  valueAt,
} from '#plugin-sdk';
import { valuesAt } from './pointer.js';

describe('a pointer', () => {
  const root: JsonValue = { cases: [{ name: 'a' }, {}, { name: 'b' }], 'a/b': { '~': 1 }, none: null };
  it.each<readonly [string, JsonValue | undefined]>([
    ['', root],
    ['/cases/2/name', 'b'],
    ['/a~1b/~0', 1],
    ['/none', null],
    ['/none/deeper', undefined],
    ['/cases/7', undefined],
    ['/toString', undefined],
  ])('finds at "%s"', (pointer, value) => expect(valueAt(root, pointer)).toEqual(value));

  it('finds each item of a list by *', () => {
    expect(valuesAt(root, '/cases/*/name')).toEqual(['a', 'b']);
    expect(valuesAt(root, '/none/*/name')).toEqual([]);
  });
});

describe('the ports of a node', () => {
  const ports = ['default', { from: '/cases/*/name' }];
  it('are those named, and one for each text that is found', () => {
    expect(portsOf({ ports }, { cases: [{ name: 'a' }, { name: 'b' }] })).toEqual(['default', 'a', 'b']);
  });
  it('stand once, and are texts', () => {
    expect(portsOf({ ports }, { cases: [{ name: 'a' }, { name: 7 }, { name: 'a' }, { name: 'default' }] })).toEqual([
      'default',
      'a',
    ]);
    expect(portsOf({ ports }, { cases: '{{ input.cases }}' })).toEqual(['default']);
  });

  it('may be there for one value only, which has to stand there', () => {
    const sometimes = ['out', { name: 'rest', if: '/keep', is: true }];
    expect(portsOf({ ports: sometimes }, { keep: true })).toEqual(['out', 'rest']);
    for (const keep of [false, 'true', null]) expect(portsOf({ ports: sometimes }, { keep })).toEqual(['out']);
    expect(portsOf({ ports: sometimes }, {})).toEqual(['out']);
  });
});

describe('the effects of a node', () => {
  const byMethod: EffectsRule = { by: '/method', read: ['GET', 'HEAD'], readIf: '/safe', else: 'write' };
  const configSchema = { type: 'object', properties: { method: { default: 'GET' } } };
  const effects = { effects: byMethod, configSchema };

  it.each([
    [{ method: 'HEAD' }, 'read'],
    [{}, 'read'],
    [{ method: 'POST' }, 'write'],
    [{ method: '{{ input.method }}' }, 'write'],
    [{ method: 'POST', safe: true }, 'read'],
    [{ method: 'POST', safe: '{{ true }}' }, 'write'],
  ])('follow the literal config %j: %s', (config, expected) => expect(effectsOf(effects, config)).toBe(expected));

  it.each([
    ['none', 'read', 'read'],
    ['none', 'write', 'write'],
    ['read', 'none', 'read'],
    ['write', 'read', 'write'],
    ['wait', 'write', 'wait'],
    ['none', undefined, 'none'],
  ] as const)('are raised, never lowered: %s by %s to %s', (own, raised, expected) => {
    expect(effectsOf({ effects: own, configSchema }, {}, raised)).toBe(expected);
  });

  it('go by the value where there is no readIf', () => {
    const rule = { effects: { by: '/op', read: [1], else: 'write' } as const, configSchema: {} };
    expect([effectsOf(rule, { op: 1 }), effectsOf(rule, { op: 2 }), effectsOf(rule, {})]).toEqual([
      'read',
      'write',
      'write',
    ]);
  });
});

describe('whether an uncertain attempt may be repeated', () => {
  it('is said once for all, or by the literal config', () => {
    const byTool = { idempotent: { by: '/tool', among: ['send', null] } };
    expect([isIdempotent({ idempotent: true }, {}), isIdempotent({ idempotent: false }, {})]).toEqual([true, false]);
    expect(['send', null, 'post', '{{ input.tool }}'].map((tool) => isIdempotent(byTool, { tool }))).toEqual([
      ...[true, true],
      ...[false, false],
    ]);
    expect(isIdempotent(byTool, {})).toBe(false);
  });
});

describe('filling in defaults', () => {
  const schema = {
    properties: {
      a: { default: 1 },
      b: { properties: { c: { default: [] } } },
      list: { items: { properties: { d: { default: 'x' } } } },
      open: {},
    },
  };
  it('fills what is missing, inside objects and lists too', () => {
    expect(defaultsFilled(schema, { b: {}, list: [{}, { d: 'y' }, 3] })).toEqual({
      a: 1,
      b: { c: [] },
      list: [{ d: 'x' }, { d: 'y' }, 3],
    });
  });
  it('keeps what is there, null and unknown keys too', () => {
    const config = { a: null, b: null, list: [{ d: 'y' }], open: [1], other: 2 };
    expect(defaultsFilled(schema, config)).toBe(config);
  });
});

describe('chance', () => {
  const draws = (seed: string, count: number): number[] => Array.from({ length: count }, chanceFrom(seed));
  it('is the same for the same seed, and another for another', () => {
    expect(draws('a', 5)).toEqual(draws('a', 5));
    expect(draws('a', 5)).not.toEqual(draws('b', 5));
  });
  it('spreads over all there is', () => {
    const many = draws('spread', 10_000);
    expect(many.every((n) => n >= 0 && n < 1)).toBe(true);
    const tenths = Map.groupBy(many, (n) => Math.floor(n * 10));
    for (let tenth = 0; tenth < 10; tenth += 1) expect(tenths.get(tenth)!.length).toBeGreaterThan(800);
  });
});
