import { describe, expect, it } from '@jest/globals';
import { parseExpression } from './index.js';
import { data, evaluate } from './testing/sample.js';

describe('The language gives', () => {
  it.each<[string, unknown]>([
    // numbers are doubles
    ['1 / 2', 0.5],
    ['1 + 2', 3],
    ['1u + 2', 3],
    ['0x10', 16],
    ['1.5e3', 1500],
    ['7 / 2', 3.5],
    ['6 / 3', 2],
    ['7 % 3', 1],
    ['-7 % 3', -1],
    ['5.5 % 2', 1.5],
    ['2 * 3 + 4', 10],
    ['2 + 3 * 4', 14],
    ['(2 + 3) * 4', 20],
    ['10 - 3 - 2', 5],
    ['-input.n', -41],
    ['--1', 1],
    ['0 * -1', 0],
    ['-0', 0],
    ['item * 2', 42],
    ['input.n + 1', 42],
    ['incoming + 1', 6],
    ['0.1 + 0.2', 0.30000000000000004],
    ['9007199254740991', 9007199254740991],
    // strings, bools, null
    ["'a' + 'b'", 'ab'],
    ['"double"', 'double'],
    ["r'\\d'", '\\d'],
    ["'''three 'quoted' '''", "three 'quoted' "],
    ["'\\u00e9\\n'", 'é\n'],
    ['true', true],
    ['null', null],
    ['!true', false],
    ['!!input.yes', true],
    // lists and maps
    ['[1, 2] + [3]', [1, 2, 3]],
    ['[]', []],
    ['[1, [2, {}]]', [1, [2, {}]]],
    ["{'a': 1, 'b': [2]}", { a: 1, b: [2] }],
    ["{'a': {'b': 1}}.a.b", 1],
    ['{input.user.name: 1}', { Ada: 1 }],
    ['input.tags[0]', 'b'],
    ['input.tags[size(input.tags) - 1]', 'a'],
    ["input['odd key']", 1],
    ["input['user']['address'].city", 'London'],
    ["nodes['fetch-1'].output.status", 200],
    // equality
    ['1 == 1.0', true],
    ["1 == '1'", false],
    ['null == null', true],
    ['input.nothing == null', true],
    ['input.n == null', false],
    ["input.n != 'x'", true],
    ['[1, [2]] == [1, [2]]', true],
    ['[1, 2] == [2, 1]', false],
    ['[1] == [1, 2]', false],
    ["{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", true],
    ["{'a': 1} == {'b': 1}", false],
    ["{'a': 1} == {'a': 1, 'b': 1}", false],
    ['[] == {}', false],
    ['true == 1', false],
    // order
    ['1 < 2', true],
    ['2 <= 2', true],
    ['3 > 4', false],
    ['4 >= 4', true],
    ["'a' < 'b'", true],
    ["'b' <= 'a'", false],
    ["'a' >= 'a'", true],
    ['false < true', true],
    // in
    ['1 in [1, 2]', true],
    ['3 in [1, 2]', false],
    ["'1' in [1]", false],
    ['[1] in [[1]]', true],
    ["'name' in input.user", true],
    ["'nobody' in input.user", false],
    ['1 in input.user', false],
    ["'constructor' in input", false],
    // logic
    ['true && false', false],
    ['true || false', true],
    ['false && input.missing', false],
    ['input.missing && false', false],
    ['true || input.missing', true],
    ['input.missing || true', true],
    ['1 || true', true],
    ["'x' && false", false],
    ["input.n > 40 ? 'big' : 'small'", 'big'],
    ['false ? input.missing : 1', 1],
    ['true ? 1 : false ? 2 : 3', 1],
    // has and default
    ['has(input.n)', true],
    ['has(input.missing)', false],
    ['has(input.missing.deeper)', false],
    ['has(input.nothing)', true],
    ['has(input.nothing.x)', false],
    ['has(unknown.x)', false],
    ["has(input['odd key'])", true],
    ['has(input.tags[9])', false],
    ['has(input.n.x)', false],
    ["default(input.missing, 'y')", 'y'],
    ["default(input.a.b.c, 'y')", 'y'],
    ["default(input.user.address.city, 'y')", 'London'],
    ["default(nodes.skipped.output.text, 'none')", 'none'],
    ["default(input.nothing, 'y')", 'y'],
    ['default(input.no, true)', false],
    ['default(input.tags[7], 0)', 0],
    ["default(input.name.first, 'y')", 'y'],
    ["default(error.message, 'no error')", 'no error'],
    ['default(size(input.missing), 0)', 0],
    ['input.missing.default(3)', 3],
    ['default(input.missing, default(input.gone, 2))', 2],
    ['[1].map(x, default(x, 2))', [1]],
    // comprehensions
    ['[1, 2, 3].all(x, x > 0)', true],
    ['[1, 2, 3].all(x, x > 1)', false],
    ['[].all(x, false)', true],
    ['[1, 2, 3].exists(x, x == 2)', true],
    ['[].exists(x, true)', false],
    ["['a', 1].exists(x, x > 0)", true],
    ["['a', 1].all(x, x > 1)", false],
    ['[1, 2, 2].exists_one(x, x == 2)', false],
    ['[1, 2].exists_one(x, x == 2)', true],
    ['input.numbers.map(x, x * 2)', [6, 2, 4]],
    ['input.numbers.map(x, x > 1, x * 2)', [6, 4]],
    ['input.numbers.filter(x, x > 1)', [3, 2]],
    ['input.people.map(p, p.name)', ['Ada', 'Alan', 'Grace']],
    ['input.people.filter(p, p.age > 40).map(p, p.name)', ['Alan', 'Grace']],
    ['input.user.map(k, k)', ['name', 'address']],
    ["{'a': 1, 'b': 2}.all(k, k != 'c')", true],
    [
      '[1, 2].map(x, [10, 20].map(y, x + y))',
      [
        [11, 21],
        [12, 22],
      ],
    ],
    ['[1, 2].map(x, [x].map(x, x * 3))', [[3], [6]]],
    ['[1].map(input, input)', [1]],
  ])('%s', (source, expected) => {
    expect(evaluate(source)).toEqual(expected);
  });
});

it('says how a node id is written that is no identifier', () => {
  expect(() => evaluate('nodes.fetch-1.output.status')).toThrow(/nodes\['fetch-1'\]\.output/);
  expect(() => evaluate("nodes.fetch-1.output.status == 200 ? 'a' : 'b'")).toThrow(/nodes\['fetch-1'\]\.output/);
});

it('says where in the source it went wrong', () => {
  expect(() => evaluate('1 + input.missing')).toThrow(expect.objectContaining({ position: 4 }));
  expect(() => parseExpression('1 + nope()')).toThrow(expect.objectContaining({ position: 4 }));
  expect(() => parseExpression('1 + + 2')).toThrow(expect.objectContaining({ position: 4 }));
});

it('gives what came in as the same object, and what it makes as ordinary ones', () => {
  expect(evaluate('input.user')).toBe((data['input'] as { user: unknown }).user);
  expect(Object.getPrototypeOf(evaluate("{'a': 1}"))).toBe(Object.prototype);
});

it('takes objects without a prototype as data', () => {
  const bare: unknown = Object.assign(Object.create(null), { x: 1 });
  expect(parseExpression('a.x').evaluate(() => bare)).toBe(1);
  expect(parseExpression("'x' in a && has(a.x)").evaluate(() => bare)).toBe(true);
});

it('takes nothing but data for data', () => {
  const host = { f: () => 1, date: new Date(0), big: 1n, gone: undefined, map: new Map() };
  const read = (source: string) => () =>
    parseExpression(source).evaluate((name) => (name === 'x' ? host : (host as Record<string, unknown>)[name]));
  expect(read('x.f')).toThrow(/no data/);
  expect(read('x.date')).toThrow(/no data/);
  expect(read('x.big')).toThrow(/no data/);
  expect(read('x.map')).toThrow(/no data/);
  expect(read('x.gone')).toThrow(/no key/);
  expect(read('f')).toThrow(/no data/);
  expect(read('default(x.f, 1)')).toThrow(/no data/);
  expect(read('[x]')).toThrow(/no data/);
  expect(read('json(x)')).toThrow(/no data/);
  expect(read('x == x')).toThrow(/data/);
});

it('lets a bug of the caller through as it is', () => {
  const bug = new TypeError('a bug');
  const names = () => {
    throw bug;
  };
  expect(() => parseExpression('a').evaluate(names)).toThrow(bug);
  expect(() => parseExpression('a || true').evaluate(names)).toThrow(bug);
});
