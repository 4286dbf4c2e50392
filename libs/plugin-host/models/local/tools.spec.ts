import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonSchema, ModelMessage, ModelTool } from '#plugin-sdk';
import type { ProviderAnswer, ProviderRequest } from '../provider.js';
import { arithmeticIn } from './arithmetic.js';
import { LocalProvider } from './local.provider.js';

const { signal } = new AbortController();
const local = new LocalProvider();

const text = { type: 'string' };
const tool = (name: string, argumentsSchema: JsonSchema): ModelTool => ({ name, description: name, argumentsSchema });
const object = (properties: JsonObject, ...required: string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
});

const tools = [
  tool('calculator', object({ expression: text }, 'expression')),
  tool('current_time', object({ time_zone: text })),
  tool('search_documents', object({ collection: text, query: text, limit: { type: 'integer' } }, 'query')),
  tool('weather', { ...object({ city: text, days: { type: 'integer', minimum: 1 } }, 'city', 'days') }),
];

const ask = (messages: readonly ModelMessage[], more: Partial<ProviderRequest> = {}): Promise<ProviderAnswer> =>
  local.generate(
    { model: 'extractive-1', messages, temperature: null, maxTokens: null, responseSchema: null, tools, ...more },
    { signal },
  );
const say = (content: string, more: Partial<ProviderRequest> = {}): Promise<ProviderAnswer> =>
  ask([{ role: 'user', content }], more);

const told = (question: string, name: string, content: string): ModelMessage[] => [
  { role: 'user', content: question },
  { role: 'assistant', content: '', toolCalls: [{ id: 'call_1', name, arguments: {} }] },
  { role: 'tool', content, toolCallId: 'call_1', name },
];

describe('the local model, offered tools', () => {
  it.each<[string, string, JsonObject]>([
    ['What is 6 * 7?', 'calculator', { expression: '6 * 7' }],
    ['Please calculate (3+4)/2.', 'calculator', { expression: '(3+4)/2' }],
    ['how much is 17 times 23', 'calculator', { expression: '17 * 23' }],
    ['I have 12 plus 5 apples', 'calculator', { expression: '12 + 5' }],
    ['What time is it?', 'current_time', {}],
    ["Tell me today's date", 'current_time', {}],
    ['Search the documents for refund rules.', 'search_documents', { query: 'refund rules' }],
    ['Find our holiday policy in my documents', 'search_documents', { query: 'our holiday policy' }],
    ['search', 'search_documents', { query: 'search' }],
    ['calculator {"expression": "2 ^ 10"}', 'calculator', { expression: '2 ^ 10' }],
    ['Use weather with {"city": "Bonn } \\" {", "days": 2} now', 'weather', { city: 'Bonn } " {', days: 2 }],
    ['Use the weather tool. City: Bonn, for 3 days', 'weather', { city: 'Bonn', days: 3 }],
    ['Call current time', 'current_time', {}],
  ])('asks in %j for %s with %j', async (content, name, args) => {
    expect(await say(content)).toMatchObject({
      text: '',
      toolCalls: [{ id: 'call_1', name, arguments: args }],
      finishReason: 'tool-calls',
    });
  });

  it.each([
    ['Hello there'],
    ['The meeting is on 2026-11-23.'],
    ['Is 11/23/2026 a good day? What is your opinion?'],
    ['What a calculator {"expression": 5}'],
    ['What a calculator {"expression": '],
    ['What a calculator {no json}'],
    ['The weather is nice.'],
    ['Use weatherproof paint'],
    ['I find it hard'],
    ['Compute it'],
  ])('asks in %j for none', async (content) => {
    const answer = await say(content);
    expect(answer).not.toHaveProperty('toolCalls');
    expect(answer.finishReason).toBe('stop');
  });

  it('asks for none that is not offered', async () => {
    expect(await say('What is 6 * 7?', { tools: [] })).not.toHaveProperty('toolCalls');
    expect(await say('What is 6 * 7?', { tools: [tools[1]!] })).not.toHaveProperty('toolCalls');
  });

  it('asks for a tool of a schema that may not be checked here: its step will say', async () => {
    const strict = tool('calculator', object({ expression: { ...text, pattern: '^x$' } }, 'expression'));
    expect(await say('What is 6 * 7?', { tools: [strict] })).toMatchObject({ toolCalls: [{ name: 'calculator' }] });
  });

  it('asks for none that it cannot tell what it wants', async () => {
    const odd = tool('calculator', object({ n: { type: 'integer' } }, 'n'));
    expect(await say('What is 6 * 7?', { tools: [odd] })).not.toHaveProperty('toolCalls');
    expect(await say('What is 6 * 7?', { tools: [tool('calculator', {})] })).not.toHaveProperty('toolCalls');
    expect(await say('Use weather', { tools: [tool('weather', { required: ['a'], not: {} })] })).not.toHaveProperty(
      'toolCalls',
    );
  });
});

describe('the local model, told what a tool came to', () => {
  it('answers with that, and asks for no more', async () => {
    const answer = await ask(told('What is 6 * 7?', 'calculator', '42'));
    expect(answer).toMatchObject({ text: 'The tool calculator says: 42', finishReason: 'stop' });
    expect(answer).not.toHaveProperty('toolCalls');
  });

  it('tells of each tool, and of one that failed', async () => {
    const both = [
      ...told('What is 6 * 7?', 'calculator', '{"error":"timeout: Too slow."}'),
      { role: 'tool' as const, content: '{"now":1}', toolCallId: 'call_2', name: 'current_time' },
    ];
    expect((await ask(both)).text).toBe(
      'The tool calculator failed: timeout: Too slow.\nThe tool current_time says: {"now":1}',
    );
  });

  it.each([
    [[{ title: 'Rules', text: 'Cats are fine. Refunds take five days. Dogs too.' }]],
    [{ documents: [{ title: 'Rules', text: 'Refunds take five days.' }] }],
  ])('answers from documents that were found: %j', async (found) => {
    const answer = await ask(told('Search for how long refunds take', 'search_documents', JSON.stringify(found)));
    expect(answer.text).toBe('Refunds take five days. (Rules)');
  });

  it('says where documents say nothing', async () => {
    const answer = await ask(told('Search for refunds', 'search_documents', '[{"text": "Cats are fine."}]'));
    expect(answer.text).toBe('The documents say nothing about that.');
  });

  it('makes data from it', async () => {
    const responseSchema = { type: 'object', properties: { result: { type: 'number' } }, required: ['result'] };
    const answer = await ask(told('Use it', 'calculator', 'result: 42'), { responseSchema });
    expect(JSON.parse(answer.text)).toEqual({ result: 42 });
  });

  it('hears the next question all the same, and asks under another id', async () => {
    const next = [
      ...told('What is 6 * 7?', 'calculator', '42'),
      { role: 'assistant' as const, content: 'It is 42.' },
      { role: 'user' as const, content: 'And 1 + 1?' },
    ];
    expect(await ask(next)).toMatchObject({ toolCalls: [{ id: 'call_2', arguments: { expression: '1 + 1' } }] });
  });
});

describe('the local model, shown things', () => {
  const shown = (content: string): ModelMessage => ({
    role: 'user',
    content: `Documents.\n<documents>\n${content}\n</documents>`,
  });

  it('answers from documents', async () => {
    const documents = shown(
      '<document number="1" title="A &amp; &quot;B&quot;" source="a">\nPress &lt;/documents> to start it.\n</document>\n' +
        '<document number="2" title="">\nWait for the lamp.\n</document>',
    );
    const of = async (content: string): Promise<string> => (await ask([documents, { role: 'user', content }])).text;
    expect(await of('How do I start?')).toBe('Press </documents> to start it. (A & "B")');
    expect(await of('Where is the lamp?')).toBe('Wait for the lamp.');
    expect(await of('Who are you?')).toBe('The documents say nothing about that.');
  });

  it('says how many images there are and of what type, and that it cannot see', async () => {
    const image = (mime: string) => ({ mime, data: 'aGk=' });
    const see = async (...mimes: string[]): Promise<string> =>
      (await ask([{ role: 'user', content: 'What is this?', images: mimes.map(image) }])).text;
    expect(await see('image/png')).toMatch(
      /no language model.* With it came 1 image \(image\/png\), which it cannot see\.$/,
    );
    expect(await see('image/png', 'image/png', 'image/gif')).toContain('3 images (image/png, image/gif)');
  });
});

describe('the local model, offered tools and given much to read', () => {
  const long = 256 * 1024;

  it.each([
    ['a sum without an end', '1 + '.repeat(long / 4)],
    ['brackets', `calculate ${'('.repeat(long)}`],
    ['a search for spaces', `search${' '.repeat(long)}x`],
    ['braces', `calculator ${'{'.repeat(long)}`],
    ['spaces and names', 'use weather in '.repeat(long / 15)],
  ])('reads no part of it over and over: %s', async (_what, content) => {
    expect(await say(content)).toHaveProperty('finishReason');
    expect(await ask(told(content, 'search_documents', JSON.stringify([{ text: content }])))).toHaveProperty('text');
  });
});

describe('a sum in a text', () => {
  it.each([
    ['3 multiplied by (2 minus 1)', '3 * (2 - 1)'],
    ['2 × 3 ÷ 4 and 1 + 1', '2 * 3 / 4'],
    ['2 to the power of 8', '2 ^ 8'],
    ['-3 + 5', '-3 + 5'],
    ['1+1=', '1+1'],
    ['(1 + 2', undefined],
    ['1 2 3', undefined],
    ['2) + (3', undefined],
    [`${'1 + '.repeat(100_000)}1`, expect.stringMatching(/^1 \+ 1/)],
  ])('of %j is %j', (content, sum) => expect(arithmeticIn(content.slice(0, 50_000))).toEqual(sum));
});
