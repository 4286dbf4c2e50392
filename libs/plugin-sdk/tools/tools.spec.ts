import { describe, expect, it } from '@jest/globals';
import {
  defineTool,
  Field,
  field,
  IsInt,
  IsString,
  isToolExport,
  type Tool,
  type ToolContext,
  toTool,
  WorkflowTool,
} from '#plugin-sdk';
import { recorded, runTool } from '#plugin-sdk/testing';

class RepeatArguments {
  @IsString() @Field({ label: 'Word' }) word!: string;
  @IsInt() @Field({ label: 'Times', default: 2, min: 1 }) times!: number;
}

@WorkflowTool({ name: 'repeat', description: 'Repeats a word.', effects: 'none', arguments: RepeatArguments })
class RepeatTool implements Tool<RepeatArguments> {
  execute({ args, log }: ToolContext<RepeatArguments>): string {
    log.info('repeating', { times: args.times });
    log.debug('quietly');
    return args.word.repeat(args.times);
  }
}

const plain = defineTool({
  name: 'repeat',
  description: 'Repeats a word.',
  effects: 'none',
  arguments: { word: field.string({ label: 'Word' }), times: field.integer({ label: 'Times', default: 2, min: 1 }) },
  execute: ({ args }) => args.word.repeat(args.times),
});

describe('a tool', () => {
  it('is described the same by a class and in plain JavaScript', () => {
    const { execute: _class, ...fromClass } = toTool(RepeatTool);
    const { execute: _plain, ...fromPlain } = toTool(plain);
    expect(fromClass).toEqual(fromPlain);
    expect(fromClass).toMatchObject({
      name: 'repeat',
      effects: 'none',
      idempotent: false,
      argumentsSchema: { type: 'object', required: ['word'], additionalProperties: false },
    });
  });

  it('is made once, and called with its defaults', async () => {
    expect(toTool(RepeatTool)).toBe(toTool(RepeatTool));
    expect(await runTool(RepeatTool, { args: { word: 'ab' } })).toEqual({
      result: 'abab',
      logs: [
        { level: 'info', message: 'repeating', fields: { times: 2 } },
        { level: 'debug', message: 'quietly' },
      ],
    });
    expect((await runTool(plain, { args: { word: 'a', times: 3 } })).result).toBe('aaa');
  });

  it('is told from what is none', () => {
    expect([RepeatTool, plain, {}, null, () => 1].map(isToolExport)).toEqual([true, true, false, false, false]);
    expect(() => toTool({})).toThrow('This export is no tool. Put @WorkflowTool({…}) on a class');
  });

  it.each([
    [{ name: 'Repeat' }, 'snake case'],
    [{ name: 'a__b' }, 'snake case'],
    [{ name: 'a'.repeat(65) }, 'at most 64'],
    [{ description: '' }, 'no description'],
    [{ effects: 'wait' }, 'Choose one of none, read, write'],
    [{ idempotent: 'yes' }, 'true or false'],
    [{ argumentsSchema: { type: 'array' } }, 'no object'],
    [{ execute: undefined }, 'no execute'],
  ])('with %j cannot be used', (changes, why) => {
    expect(() => toTool({ ...plain, ...changes })).toThrow(why);
  });
});

describe('the test kit', () => {
  const reaching = (effects: 'none' | 'read') =>
    defineTool({
      name: 'look',
      description: 'Looks.',
      effects,
      arguments: {},
      execute: async ({ http, documents, clock, idempotencyKey }) => {
        const request = { url: 'https://a.example/', method: 'GET', headers: {}, maxBytes: 1, followRedirects: false };
        const { body } = await http.send(request);
        const hits = await documents.search({ query: 'q', collection: null, limit: 1, scoreThreshold: null });
        return [body, hits.length, clock.now(), idempotencyKey];
      },
    });

  it('gives a tool what it may reach, and nothing else', async () => {
    const http = recorded([{ response: { body: 'there' } }]);
    const documents = { search: async () => [] };
    const { result } = await runTool(reaching('read'), { http, documents, clock: { now: () => 5 } });
    expect(result).toEqual(['there', 0, 5, 'test/look']);
    await expect(runTool(reaching('read'))).rejects.toMatchObject({ code: 'not_recorded' });
    await expect(runTool(reaching('none'), { http })).rejects.toMatchObject({ code: 'effect_not_declared' });
  });
});
