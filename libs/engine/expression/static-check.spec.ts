import { describe, expect, it } from '@jest/globals';
import { checkTypes, parseExpression, type StaticTypes } from './index.js';

const issues = (source: string, types: StaticTypes = {}) =>
  checkTypes(parseExpression(source), types).map(({ message }) => message);

describe('What surely fails is found before anything runs', () => {
  it.each([
    "'a' + 1",
    "1 + 'a'",
    'string(input.n) + 1',
    '[1] + 1',
    "'a' - 'b'",
    '[1] * 2',
    "'a' / 2",
    'true % 2',
    "1 < 'a'",
    '[1] < [2]',
    'null < 1',
    '1 && true',
    "input.a || 'b'",
    '!1',
    "-'a'",
    "'a' ? 1 : 2",
    "'abc'.length",
    '1[0]',
    "'a' in 'abc'",
    '1 in 2',
    'upper(1)',
    "round('1')",
    "'abc'.slice(1)",
    'timestamp(0) + timestamp(0)',
    "timestamp(0) < duration('1s')",
    "'abc'.map(x, x)",
    '1.all(x, true)',
    '[1].filter(x, 1)',
    "[1].map(x, 'a', x)",
    "[1].map(x, x + ('a' - 1))",
    '{1: 2}',
    "{'a': 1 + 'b'}",
    "[1 + 'b']",
    "input.list['a' * 2]",
    "default(input.a, 'x' - 1)",
  ])('%s', (source) => {
    expect(issues(source)).toHaveLength(1);
  });
});

describe('What may work is no finding', () => {
  it.each([
    'input.a + 1',
    "input.a + 'b'",
    'input.a - input.b',
    "timestamp(input.a) - duration('1h') < timestamp(input.b)",
    "duration('1s') + timestamp(0) > timestamp(0)",
    "(timestamp(0) - timestamp(1)) < duration('1s')",
    "input.a == 1 || input.a == 'b'",
    '1 == null',
    "default(input.a, 'x') + 'y'",
    "(input.a ? 1 : 'b') + input.c",
    'input.items.filter(x, x > 1).map(x, x.a).all(x, x)',
    "input.a in input.b && 'k' in {'k': 1}",
    'has(input.a) && !input.a',
    'type(input.a) == string',
    '[1, 2].min() + 1',
    'parse_json(input.text).a + 1',
    "json(input) + 'x'",
    "input.items.map(x, {'a': x})[0].a + 1",
    '-input.n * 2 % 3 / 4',
    "'a' < input.b",
    'nodes.ask.output.text != ""',
  ])('%s', (source) => {
    expect(issues(source)).toEqual([]);
  });
});

it('finds a condition that cannot be a bool', () => {
  expect(issues("'yes'", { condition: true })).toEqual([expect.stringContaining('true or false')]);
  expect(issues('size(input.a)', { condition: true })).toHaveLength(1);
  expect(issues('input.a', { condition: true })).toEqual([]);
  expect(issues('input.a ? true : false', { condition: true })).toEqual([]);
  expect(issues("'yes'")).toEqual([]);
});

it('finds names that are not there, guarded or not', () => {
  const roots = ['input', 'nodes'];
  expect(issues('inptu.a + input.b', { roots })).toEqual(['There is nothing named "inptu". There is input, nodes.']);
  expect(issues('has(inptu.a)', { roots })).toHaveLength(1);
  expect(issues('input.list.map(x, x + input.y)', { roots })).toEqual([]);
  expect(checkTypes(parseExpression('1 + nope'), { roots })).toEqual([
    { kind: 'reference', message: expect.any(String), position: 4 },
  ]);
});

it('asks about each reference, and says how an id is written that is no identifier', () => {
  const ids = ['fetch-1', 'ask'];
  const problem: StaticTypes['problem'] = ({ root, path }) =>
    root === 'nodes' && path[0] !== undefined && !ids.includes(path[0]) ? `There is no node "${path[0]}".` : null;
  expect(issues("nodes['fetch-1'].output + nodes.ask.output", { problem })).toEqual([]);
  const found = issues('nodes.fetch-1.output', { problem });
  expect(found[0]).toBe(
    `There is no node "fetch". A node id that is no identifier is written in brackets: nodes['fetch-1'].output.`,
  );
});

it('finds nothing in an expression that is not its own', () => {
  const foreign = { source: "1 + 'a'", references: [], evaluate: () => null };
  expect(checkTypes(foreign, { roots: [] })).toEqual([]);
});

describe('An expression names what it reads', () => {
  it.each<[string, readonly [string, readonly string[], boolean][]]>([
    ['input.user.name', [['input', ['user', 'name'], false]]],
    ["nodes['fetch-1'].output", [['nodes', ['fetch-1', 'output'], false]]],
    [
      'nodes[input.id].output',
      [
        ['nodes', [], false],
        ['input', ['id'], false],
      ],
    ],
    ['input.list[0].a', [['input', ['list'], false]]],
    ['item', [['item', [], false]]],
    [
      'default(input.a.b, input.c)',
      [
        ['input', ['a', 'b'], true],
        ['input', ['c'], false],
      ],
    ],
    [
      'has(input.a) ? input.a : item',
      [
        ['input', ['a'], true],
        ['input', ['a'], false],
        ['item', [], false],
      ],
    ],
    [
      'input.items.map(x, x.a + index)',
      [
        ['input', ['items'], false],
        ['index', [], false],
      ],
    ],
    ['input.items.map(x, x > 1, x)', [['input', ['items'], false]]],
    ['[1].map(input, input.x) + input.y', [['input', ['y'], false]]],
    [
      "{'a': input.a}.a + [input.b][0]",
      [
        ['input', ['a'], false],
        ['input', ['b'], false],
      ],
    ],
    ['type(input.a) == string', [['input', ['a'], false]]],
    [
      '-input.a > 1 && !input.b',
      [
        ['input', ['a'], false],
        ['input', ['b'], false],
      ],
    ],
    ['1 + 2', []],
  ])('%s', (source, expected) => {
    const read = parseExpression(source).references.map(({ root, path, guarded }) => [root, path, guarded]);
    expect(read).toEqual(expected);
  });
});
