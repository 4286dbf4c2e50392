import { describe, expect, it } from '@jest/globals';
import type { McpServerConfig } from './mcp-config.js';
import { readListing } from './mcp-listing.js';
import { resultOf } from './mcp-result.js';

const config: McpServerConfig = { name: 's', command: 'c', args: [], env: {}, allow: null, readOnly: [] };
const inputSchema = { type: 'object' };
const read = (...listed: unknown[]) => readListing(config, listed);

describe('what a server lists', () => {
  it('is cut where it is long, and told of where it is left out', () => {
    const { tools, problems } = read(
      { name: 'a', description: `${'x'.repeat(1_999)}😀`, inputSchema },
      { name: 'b', inputSchema },
      { name: 'b', inputSchema },
      { name: 'with space', inputSchema },
      { name: 5, inputSchema },
      null,
      { name: 'n'.repeat(62), inputSchema },
      { name: 'n'.repeat(61), inputSchema },
      { name: 'c' },
      { name: 'd', inputSchema: [] },
      { name: 'e', inputSchema: { type: 'array' } },
      { name: 'f', inputSchema: { type: 'object', a: Number.NaN } },
      { name: 'g', inputSchema: { type: 'object', a: 'x'.repeat(65_536) } },
    );
    expect(tools.map(({ name, description }) => [name.length, description.length])).toEqual([
      [1, 2_000],
      [1, 0],
      [61, 0],
    ]);
    expect(tools[0]?.description.isWellFormed()).toBe(true);
    expect(problems).toEqual([
      '"b" is left out: its name is there twice.',
      '"with space" is left out: its name is not of letters, digits, "_" and "-".',
      '"5" is left out: its name is not of letters, digits, "_" and "-".',
      '"undefined" is left out: its name is not of letters, digits, "_" and "-".',
      `"${'n'.repeat(62)}" is left out: with its server's, its name has more than 64 characters.`,
      '"c" is left out: it has no schema.',
      '"d" is left out: it has no schema.',
      '"e" is left out: its schema is not of an object.',
      '"f" is left out: its schema is no plain JSON.',
      '"g" is left out: its schema is too large.',
    ]);
  });

  it('is left out when references make much of little', () => {
    const $defs = { long: { enum: ['x'.repeat(1_000)] } };
    const properties = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`p${at}`, { $ref: '#/$defs/long' }]));
    const { tools, problems } = read({ name: 'a', inputSchema: { type: 'object', properties, $defs } });
    expect(tools).toEqual([]);
    expect(problems).toEqual(['"a" is left out: its schema is too large.']);
  });

  it('is read up to 200 tools', () => {
    const { tools, problems } = read(...Array.from({ length: 201 }, (_, at) => ({ name: `t${at}`, inputSchema })));
    expect(tools).toHaveLength(200);
    expect(problems).toEqual(['It lists 201 tools; 200 are read.']);
  });
});

describe('what a server answers', () => {
  const text = (said: string) => ({ type: 'text', text: said });
  it.each<[object, unknown]>([
    [{}, ''],
    [{ content: [text('a'), text('b')] }, 'a\nb'],
    [{ content: [text('a')], structuredContent: { a: 1 } }, { a: 1 }],
    [{ content: [text('{"a":9007199254740993}')], structuredContent: { a: 2 ** 60 } }, '{"a":9007199254740993}'],
    [{ content: [text('a'), { type: 'odd' }] }, [text('a'), { type: 'odd' }]],
    [{ content: [null] }, [null]],
  ])('%j is a result', (answer, result) => expect(resultOf('t', answer)).toEqual(result));

  it.each([
    [{ isError: true, content: [text('No.')] }, 'The tool "t" failed: No.'],
    [{ isError: true, content: [text('x'.repeat(600))] }, `The tool "t" failed: ${'x'.repeat(500)}`],
    [{ isError: true }, 'The tool "t" failed: it says nothing about it.'],
  ])('%j is a failure', (answer, message) => {
    expect(() => resultOf('t', answer)).toThrow(expect.objectContaining({ code: 'tool_failed', message }));
  });
});
