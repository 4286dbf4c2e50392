import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from './problem.js';
import { jsonLimits, readStrictBody, readStrictJson } from './strict-json.js';

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const keys = (count: number): string => `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join()}}`;
const codeOf = (text: string): string => {
  try {
    readStrictJson(text);
    return 'read';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe('Strict JSON', () => {
  it('reads what the platform reads, to the same value', () => {
    const plain = fc.jsonValue({ maxDepth: 6 }).filter((value) => codeOf(JSON.stringify(value)) === 'read');
    fc.assert(
      fc.property(plain, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(readStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  const bad: readonly (readonly [what: string, text: string, code: string])[] = [
    ['nothing closed', '{"a":', 'malformed_json'],
    ['no JSON at all', 'nope', 'malformed_json'],
    ['a number that is none', '--1', 'malformed_json'],
    ['a long number that is none', `1${'-'.repeat(20)}`, 'malformed_json'],
    ['an escape that is none', '"\\x"', 'malformed_json'],
    ['an escape that is none in a key', '{"\\x":1}', 'malformed_json'],
    ['a string without an end', '"abc', 'malformed_json'],
    ['a key twice', '{"a":1,"a":2}', 'duplicate_key'],
    ['a key twice, once in disguise', '{"a":1,"\\u0061":2}', 'duplicate_key'],
    ['a key twice, deep inside', '[{"x":{"a":1 ,\n"b":2, "a" : 3}}]', 'duplicate_key'],
    ['__proto__', '{"__proto__":{}}', 'forbidden_key'],
    ['__proto__ in disguise', '{"\\u005f_proto__":{}}', 'forbidden_key'],
    ['constructor', '{"a":{"constructor":1}}', 'forbidden_key'],
    ['prototype', '{"a":[{"prototype":1}]}', 'forbidden_key'],
    ['65 levels', nested(65), 'too_deep'],
    ['10,000 levels', nested(10_000), 'too_deep'],
    ['10,001 keys in one object', keys(jsonLimits.keys + 1), 'too_many_keys'],
    ['a string over 256 KiB', `"${'a'.repeat(jsonLimits.stringLength + 1)}"`, 'string_too_long'],
    ['2^53', '9007199254740992', 'unsafe_number'],
    ['-2^53', '[-9007199254740992]', 'unsafe_number'],
    ['a number without an end', '1e999', 'unsafe_number'],
    ['half a surrogate pair', '"\ud800"', 'unsafe_json'],
    ['half a surrogate pair, escaped', '"\\ud800"', 'unsafe_json'],
    ['half a surrogate pair in a key', '{"\\udc00":1}', 'unsafe_json'],
  ];

  it.each(bad)('refuses %s', (_what, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('has tried 24 of them', () => expect(bad).toHaveLength(24));

  it.each([
    ['64 levels', nested(64)],
    ['10,000 keys', keys(jsonLimits.keys)],
    ['many keys in many objects', `[${Array.from({ length: 11_000 }, () => '{"a":1}').join()}]`],
    ['256 KiB of text', `"${'a'.repeat(jsonLimits.stringLength)}"`],
    ['2^53 − 1', '9007199254740991'],
    ['a large double, which loses nothing that it had', '1.5e300'],
    ['one key in two objects', '[{"a":1},{"a":{"a":2}}]'],
    ['texts that look like keys', '["a","a","__proto__",{"a":"a"}]'],
    ['a whole surrogate pair', '"\\ud83d\\ude00"'],
    ['quotes and backslashes', '{"a\\"":"\\\\","b":"\\\\\\""}'],
  ])('reads %s (the controls, at their edge)', (_what, text) => {
    expect(readStrictJson(text)).toEqual(JSON.parse(text));
  });

  it('without it, a key twice and __proto__ would be read', () => {
    expect(bad.filter(([, text]) => parses(text)).length).toBeGreaterThan(12);
  });

  it('names the place of what it refuses, as a JSON pointer', () => {
    expect(() => readStrictJson('{"a":[0,{"b/c~":[1,2,12345678901234567890]}]}')).toThrow('/a/1/b~1c~0/2');
    expect(() => readStrictJson(`{"x":{"y":1},"z":"${'a'.repeat(jsonLimits.stringLength + 1)}"}`)).toThrow('/z');
    expect(() => readStrictJson('12345678901234567890')).toThrow('the top');
  });

  it('shows no more of a long key than helps', () => {
    const long = 'a'.repeat(5_000);
    expect(() => readStrictJson(`{"${long}":1,"${long}":1}`)).toThrow(/^.{1,200}$/);
  });
});

describe('A body', () => {
  it('is UTF-8', () => {
    expect(readStrictBody(Buffer.from('{"a":"ü"}'))).toEqual({ a: 'ü' });
    expect(() => readStrictBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      expect.objectContaining({ code: 'malformed_json' }),
    );
  });

  it('may be empty', () => {
    expect(readStrictBody(Buffer.alloc(0))).toBeUndefined();
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('Strict JSON from senders who do not know doubles', () => {
  const read = (text: string) => {
    let told = 0;
    const value = readStrictJson(text, () => (told += 1));
    return [value, told];
  };

  it('gives numbers that no double holds as their texts, and says how many', () => {
    expect(read('{"id":12345678901234567890,"in":[-9007199254740993,1e999]}')).toEqual([
      { id: '12345678901234567890', in: ['-9007199254740993', '1e999'] },
      3,
    ]);
    expect(read('[9007199254740991,1.5,0.1000000000000000055,1e21,-0]')).toEqual([
      [9007199254740991, 1.5, 0.1, 1e21, -0],
      0,
    ]);
  });

  it('refuses everything else all the same', () => {
    for (const text of ['{"a":1,"a":2}', '{"__proto__":1}', nested(65), '"\\ud800"'])
      expect(() => read(text)).toThrow(Problem);
  });
});
