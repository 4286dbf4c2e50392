import { describe, expect, it } from '@jest/globals';
import {
  MAX_LIST_LENGTH,
  MAX_PATTERN_LENGTH,
  MAX_SOURCE_LENGTH,
  MAX_STRING_LENGTH,
  MAX_SYNTAX_DEPTH,
  MAX_SYNTAX_NODES,
  MAX_TEMPLATE_WORK,
  MAX_VALUE_DEPTH,
  MAX_WORK,
  parseExpression,
  parseTemplate,
} from './index.js';
import { Evaluation } from './evaluation.js';
import { CompiledExpression } from './expression.js';
import { LeastRecentlyUsed } from './least-recently-used.js';
import { leaving } from './leaving.js';
import { parseSyntax } from './parser.js';
import { patternSize } from './pattern-size.js';

const list = Array.from({ length: MAX_LIST_LENGTH }, (_, index) => index);
const input = {
  big: 'a'.repeat(MAX_STRING_LENGTH),
  list,
  near: `${'a'.repeat(130_000)}b${'a'.repeat(130_000)}`,
  long: Array.from({ length: 2_000 }, (_, index) => `${'x'.repeat(100_000)}${index}`),
  maps: list.map((a) => ({ a, b: { c: [a] } })),
  wide: Object.fromEntries(list.map((index) => [`key${index}`, index])),
  pairs: '😀é'.repeat(80_000),
  ab: Array.from({ length: 32_768 }, (_, index) => 'ab'[(Math.imul(index, 1_103_515_245) >>> 16) % 2]).join(''),
};
const names = (name: string) => (name === 'input' ? input : undefined);
const code = (source: string): string => {
  try {
    parseExpression(source).evaluate(names);
    return 'ok';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
/** Units of work that an expression takes. */
const workOf = (source: string): number => {
  const run = new Evaluation(names);
  new CompiledExpression(source, parseSyntax(source)).evaluateIn(run, leaving);
  return MAX_WORK - run.left;
};

describe('At the edge of each bound it still works, and beyond it does not', () => {
  it.each<[string, string, string]>([
    ['length of the source', `'${'x'.repeat(MAX_SOURCE_LENGTH - 2)}'`, `'${'x'.repeat(MAX_SOURCE_LENGTH - 1)}'`],
    ['nodes', `[${'1,'.repeat(MAX_SYNTAX_NODES - 1)}]`, `[${'1,'.repeat(MAX_SYNTAX_NODES)}]`],
    [
      'depth',
      `${'['.repeat(MAX_SYNTAX_DEPTH)}${']'.repeat(MAX_SYNTAX_DEPTH)}`,
      `${'['.repeat(MAX_SYNTAX_DEPTH + 1)}${']'.repeat(MAX_SYNTAX_DEPTH + 1)}`,
    ],
    ['nesting of comprehensions', '[1].map(x, [2].map(y, x))', '[1].map(x, [2].map(y, [3].map(z, x)))'],
    ['length of a list', 'input.list + []', 'input.list + [1]'],
    ['length of a mapped list', 'input.list.map(x, x)', '(input.list + []).map(x, [x, x]).flatten()'],
    ['length of a text', "input.big + ''", "input.big + 'a'"],
    [
      'length of a replaced text',
      "input.big.replace('aaaa', 'bbbb').size()",
      "input.big.replace('aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbb').size()",
    ],
    [
      'length of a pattern',
      `'a'.matches('${'a'.repeat(MAX_PATTERN_LENGTH)}')`,
      `'a'.matches('${'a'.repeat(MAX_PATTERN_LENGTH + 1)}')`,
    ],
    ['Unicode classes of a pattern', `'a'.matches(r'${'\\pL'.repeat(8)}')`, `'a'.matches(r'${'\\pL'.repeat(9)}')`],
    ['size of a pattern', "'a'.matches('a{1000}')", "'a'.matches('a{999}bc')"],
  ])('%s', (_bound, within, beyond) => {
    expect(code(within)).toBe('ok');
    expect(code(beyond)).toBe('expression_too_large');
  });

  it('depth of a value', () => {
    const nested = (depth: number) => `parse_json('${'['.repeat(depth)}${']'.repeat(depth)}')`;
    expect(code(nested(MAX_VALUE_DEPTH))).toBe('ok');
    expect(code(nested(MAX_VALUE_DEPTH + 1))).toBe('expression_too_large');
  });

  it('length of what filter keeps and split, keys and parse_json give', () => {
    const more = {
      list: [...list, 1],
      wide: { ...input.wide, one: 1 },
      text: 'a,'.repeat(MAX_LIST_LENGTH),
      json: `[${'1,'.repeat(MAX_LIST_LENGTH)}1]`,
    };
    const given = (source: string) => () => parseExpression(source).evaluate(() => more);
    for (const source of [
      'input.list.filter(x, true)',
      'input.list.map(x, x)',
      "input.text.split(',')",
      'keys(input.wide)',
      'parse_json(input.json)',
    ]) {
      expect(given(source)).toThrow(expect.objectContaining({ code: 'expression_too_large' }));
    }
  });

  it('a long sum is long, not deep', () => {
    expect(parseExpression(Array(200).fill('1').join(' + ')).evaluate(names)).toBe(200);
    expect(parseExpression(Array(200).fill('true').join(' && ')).evaluate(names)).toBe(true);
  });

  it('a source that is nested beyond what the parser takes', () => {
    expect(code(`${'('.repeat(2_000)}1${')'.repeat(2_000)}`)).toBe('expression_too_large');
    expect(code('!'.repeat(MAX_SOURCE_LENGTH - 4) + 'true')).toBe('expression_too_large');
    expect(code('-'.repeat(MAX_SOURCE_LENGTH - 1) + '1')).toBe('expression_too_large');
    expect(code(`[${'1,'.repeat(2_000)}]`)).toBe('expression_too_large');
  });
});

const doubled = (times: number) => `[1]${'.map(x, [x, x])'.repeat(times)}`;
const everyItem = (work: string) => `input.list.exists(x, ${work})`;

describe('Work is counted, so that this ends', () => {
  it.each<[string, string]>([
    ['two loops over long lists', 'input.list.map(x, input.list.map(y, x * y))'],
    ['two loops of failures', 'input.list.exists(x, input.list.exists(y, x.a))'],
    ['failures that or absorbs', everyItem('x.a || x.b || x.c || false')],
    ['failures that default absorbs', 'input.list.map(x, default(size(x.a), default(size(x.b), 0)))'],
    ['a list that doubles', doubled(28)],
    ['a list that doubles, printed', `[json(${doubled(15)})].map(x, input.maps.map(y, json(x)))`],
    ['a list that doubles, compared', `${doubled(17)} == ${doubled(17)}`],
    [
      'a text that doubles, kept often',
      'input.list.map(x, input.big.substring(0, 131072) + input.big.substring(0, 131072))',
    ],
    ['long texts sorted', "input.long.map(x, x + 'y').sort()"],
    [
      'long lists sorted again and again',
      'input.list.sort().sort().sort().sort().sort().sort().sort().sort().sort().sort().sort()',
    ],
    ['maps told apart', 'input.maps.distinct()'],
    ['a list looked through for each item', everyItem('(x + 20000) in input.list')],
    ['a text looked through for each item', everyItem("input.big.contains('aaaaaaaaaaaab')")],
    ['a search that goes wrong late', everyItem('input.big.contains(input.near)')],
    ['a replacement in each item', "input.list.map(x, input.big.replace('a', 'b'))"],
    ['a split in each item', "input.list.map(x, input.big.substring(0, 9999).split('a'))"],
    ['characters counted for each item', everyItem('input.pairs.size() < 0')],
    ['a pattern with many states', "input.ab.matches('(a|b)*a(a|b){20}$')"],
    ['a new pattern for each item', everyItem("'b'.matches('(a{1,30}){30}' + string(x))")],
    ['more patterns than are kept', everyItem("'b'.matches('a' + string(x % 120))")],
    ['unreadable patterns', everyItem("'b'.matches('((((' + string(x))")],
    ['json of shared parts', 'input.list.map(x, json(input.maps.slice(0, 1000)))'],
    [
      'json read for each item',
      "input.list.map(x, parse_json('[' + input.big.substring(0, 9000).replace('a', '1,') + '1]'))",
    ],
    ['keys of a wide map', everyItem('size(input.wide) < 0')],
    ['a wide map compared', everyItem('input.wide != input.wide')],
    ['values of a wide map', 'input.list.map(x, values(input.wide))'],
    ['digests', 'input.list.map(x, sha256(input.big))'],
    ['texts in other case', 'input.list.map(x, upper(input.pairs))'],
    ['encoded texts', 'input.list.map(x, base64(input.big.substring(0, 190000)))'],
    ['lists put together', 'input.list.map(x, input.list.slice(0, 5000) + input.list.slice(0, 5000))'],
    ['lists flattened', everyItem('[input.list].flatten() == []')],
    ['lists summed', everyItem('sum(input.list) < 0')],
    ['texts joined', "input.list.map(x, input.list.join(''))"],
    ['dates written', "input.list.map(x, format_time(x, 'yyyy-MM-dd HH:mm:ss EEEE MMMM'))"],
    ['long keys looked up', everyItem('has(input.wide[input.big])')],
    ['a large input put in many places', `[${'input.maps,'.repeat(30)}]`],
    ['long texts put in many places', 'input.list.map(x, input.big)'],
  ])('%s', (_what, source) => {
    expect(code(source)).toBe('expression_too_costly');
  });

  it('an explosion that is seen before it is made', () => {
    expect(code("input.big.substring(0, 1000).replace('a', input.big)")).toBe('expression_too_large');
    expect(code("[input.big, input.big].join('')")).toBe('expression_too_large');
    expect(code('json([input.big, input.big])')).toBe('expression_too_large');
    expect(code('input.list.map(x, input.list.slice(0, 10)).flatten()')).toBe('expression_too_large');
  });

  it('nothing absorbs a bound', () => {
    const costly = `${everyItem('sum(input.list) < 0')}`;
    for (const source of [
      `${costly} || true`,
      `default(${costly}, true)`,
      `[1].exists(y, ${costly} || true)`,
      `false && true || ${costly} || true`,
    ]) {
      expect(code(source)).toBe('expression_too_costly');
    }
  });

  it('nothing absorbs a bound that comes after a failure', () => {
    expect(code("['no list', input.list].exists(x, x.exists(y, sum(input.list) < 0))")).toBe('expression_too_costly');
    expect(code("['a', 1].exists(x, x.y || size(input.big + 'a') > 0)")).toBe('expression_too_large');
  });

  it('what it costs does not depend on what ran before', () => {
    const source = "input.ab.substring(0, 100).matches('^a+' + 'b')";
    const first = workOf(source);
    for (let other = 0; other < 150; other++) parseExpression(`'x'.matches('${other}y')`).evaluate(names);
    expect(workOf(source)).toBe(first);
  });
});

it('counts little for what is done every day', () => {
  expect(workOf('input.list[0] + 1')).toBeLessThan(10);
  expect(workOf('input.list.map(x, x * 2)')).toBeLessThan(MAX_WORK / 4);
  expect(workOf('input.maps.filter(m, m.a > 100 && has(m.b.c)).map(m, m.b.c[0])')).toBeLessThan(MAX_WORK);
});

it('finds a long part in a text as the host would', () => {
  const part = `${'ab'.repeat(150)}c`;
  for (const text of [`xx${part}yy`, `${'ab'.repeat(400)}c`, 'ab'.repeat(400), part, part.slice(1)]) {
    const found = parseExpression('input.text.contains(input.part)').evaluate(() => ({ text, part }));
    expect(found).toBe(text.includes(part));
    const replaced = parseExpression("input.text.replace(input.part, '#')").evaluate(() => ({ text, part }));
    expect(replaced).toBe(text.replaceAll(part, '#'));
  }
});

it('gives all expressions of a config a budget together, and each no more than its own', () => {
  const half = `{{ input.list.map(x, ${Array(9).fill('x').join(' + ')}).size() }}`;
  const many = Array.from({ length: Math.ceil((2 * MAX_TEMPLATE_WORK) / 100_000) }, () => half);
  expect(parseTemplate([half, half]).resolve(names)).toEqual([MAX_LIST_LENGTH, MAX_LIST_LENGTH]);
  expect(() => parseTemplate(many).resolve(names)).toThrow(expect.objectContaining({ code: 'expression_too_costly' }));
  expect(() => parseTemplate([`{{ ${everyItem('sum(input.list) < 0')} }}`]).resolve(names)).toThrow(
    expect.objectContaining({ code: 'expression_too_costly', pointer: '/0' }),
  );
});

it('estimates how large a pattern is before it is compiled', () => {
  expect(patternSize('abc')).toBe(3);
  expect(patternSize('a{100}')).toBe(100);
  expect(patternSize('a{2,}b{,3}')).toBeGreaterThanOrEqual(3);
  expect(patternSize('[a-z()]{10}\\({3}')).toBe(13);
  expect(patternSize('[]a]{5}[^]b]{5}')).toBe(10);
  expect(patternSize('[[:alpha:](]{4}')).toBe(4);
  expect(patternSize('[\\]]{4}')).toBe(4);
  expect(patternSize('((ab){10}c){10}')).toBeGreaterThan(200);
  expect(patternSize('(((a')).toBe(1);
  expect(patternSize('a)))')).toBeGreaterThan(0);
});

it('keeps the values that were asked for last', () => {
  const kept = new LeastRecentlyUsed<string>(2);
  const made: string[] = [];
  const get = (key: string) =>
    kept.get(key, () => {
      made.push(key);
      return key;
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) get(key);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
});
