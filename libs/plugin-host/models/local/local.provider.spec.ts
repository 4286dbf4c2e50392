import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue, ModelMessage } from '#plugin-sdk';
import type { ProviderRequest } from '../provider.js';
import { LocalProvider } from './local.provider.js';

const { signal } = new AbortController();
const local = new LocalProvider();

const saying = (content: string, more: Partial<ProviderRequest> = {}): ProviderRequest => ({
  model: 'extractive-1',
  messages: [{ role: 'user', content }],
  temperature: null,
  maxTokens: null,
  responseSchema: null,
  ...more,
});

const answerTo = async (content: string): Promise<string> => (await local.generate(saying(content), { signal })).text;

const dataFrom = async (content: string, responseSchema: JsonObject): Promise<JsonValue> =>
  JSON.parse((await local.generate(saying(content, { responseSchema }), { signal })).text) as JsonValue;

describe('the local model, asked to classify', () => {
  const triage = 'Classify this message as one of: billing, technical.\n\nMessage: ';

  it.each([
    [`${triage}I was charged twice, please refund me.`, 'billing'],
    [`${triage}My invoice shows the wrong price.`, 'billing'],
    [`${triage}The app crashes with an error when I log in.`, 'technical'],
    [`${triage}Billing says it is a bug. Billing again!`, 'billing'],
    ['Classify this page as one of: news, shop, documentation, other.\n\nAdd to cart, free shipping on sale.', 'shop'],
    ['Classify this page as one of: news, shop, documentation, other.\n\nLorem ipsum dolor.', 'other'],
    ['Categorize as "positive" or "negative": what a great and wonderful day', 'positive'],
    ['Is this urgent? Answer with one of yes or no. Nothing said of it', 'yes'],
    ['Pick one of the following invoice problems, late parcels. My parcel is late', 'late parcels'],
    ['Label it. Labels: red | blue\n\nthe sky is blue', 'blue'],
  ])('answers %j with %j', async (prompt, label) => {
    expect(await answerTo(prompt)).toBe(label);
  });

  it('is told so by the system message as well', async () => {
    const messages: ModelMessage[] = [
      { role: 'system', content: 'Classify what the user says as one of: billing, technical.' },
      { role: 'user', content: 'My card was charged' },
    ];
    expect(await local.generate(saying('', { messages }), { signal })).toMatchObject({ text: 'billing' });
  });

  it('reads no label as a part of the language it is written in', async () => {
    expect(await answerTo("Classify as one of: constructor, __proto__, $'$&.\n\nIt is $'$&")).toBe('constructor');
  });

  it.each([
    ['Classify this.'],
    ['Classify it as one of: this.'],
    ['Please answer: what is the difference between cats and dogs?'],
  ])('makes up no labels: %j', async (prompt) => {
    expect(await answerTo(prompt)).toContain('no language model');
  });
});

describe('the local model, asked to summarise', () => {
  const bees = 'It rained. Bees keep honey in a hive, and honey feeds bees in winter. Bees sleep. Cars are fast.';

  it('chooses the sentence that shares most with the others', async () => {
    expect(await answerTo(`Summarise in one sentence:\n\n${bees}`)).toBe(
      'Bees keep honey in a hive, and honey feeds bees in winter.',
    );
  });

  it.each([
    [`Summarize in 2 sentences: ${bees}`, 2],
    [`Give me a summary:\n${bees}`, 2],
    [`TL;DR in three short sentences\n\n${bees}`, 3],
    [`Summarise in 9 lines:\n${bees}`, 4],
  ])('keeps as many as are asked for, in their order: %j', async (prompt, count) => {
    const summary = await answerTo(prompt);
    const kept = bees.split(/(?<=\.) /).filter((sentence) => summary.includes(sentence));
    expect(kept).toHaveLength(count);
    expect(summary).toBe(kept.join(' '));
  });

  it('cuts a sentence without an end', async () => {
    const summary = await answerTo(`Summarise: ${'word '.repeat(100)}`);
    expect(summary.split(' ')).toHaveLength(41);
    expect(summary).toMatch(/ …$/);
  });

  it('is told so by the system message as well', async () => {
    const messages: ModelMessage[] = [
      { role: 'system', content: 'Summarise in one sentence.' },
      { role: 'user', content: bees },
    ];
    expect((await local.generate(saying('', { messages }), { signal })).text).toMatch(/^Bees keep honey/);
  });

  it('summarises the request itself where there is nothing else', async () => {
    expect(await answerTo('Summarise')).toBe('Summarise');
  });
});

describe('the local model, asked anything else', () => {
  it('quotes what it was asked, and says that it is no language model', async () => {
    expect(await answerTo('Why is the sky blue? Tell me.')).toMatch(
      /^You asked: "Why is the sky blue\?" .*no language model/,
    );
    expect(await answerTo('')).toMatch(/^This is the built-in local model/);
    expect(local.models[0]?.description).toMatch(/No language model/);
  });
});

describe('the local model, asked for data', () => {
  it('fills the schema from the text', async () => {
    const responseSchema = {
      type: 'object',
      properties: {
        kind: { enum: ['billing', 'technical'] },
        amount: { type: 'number' },
        count: { type: 'integer', minimum: 2, maximum: 5 },
        refunded: { type: 'boolean' },
        email: { type: 'string', format: 'email' },
        version: { const: 1 },
        nothing: { type: 'null' },
      },
    };
    const text = 'The invoice has the amount 12.50 and was refunded. Count 9. Write to ann@example.com.';
    const answer = await local.generate(saying(text, { responseSchema }), { signal });
    expect(JSON.parse(answer.text)).toEqual({
      kind: 'billing',
      amount: 12.5,
      count: 5,
      refunded: true,
      email: 'ann@example.com',
      version: 1,
      nothing: null,
    });
  });

  it.each<[JsonObject, JsonValue]>([
    [{ type: 'object', properties: { sender_name: { type: 'string' } } }, { sender_name: 'Ann' }],
    [{ type: 'object', properties: { senderName: { type: 'string', maxLength: 2 } } }, { senderName: 'An' }],
    [{ type: 'string', format: 'uri' }, 'https://example.com/a'],
    [{ type: 'string', format: 'date' }, '2026-11-23'],
    [{ type: ['null', 'integer'] }, 4],
    [{ type: ['null'] }, null],
    [{ anyOf: [{ type: 'boolean' }, { type: 'string' }] }, false],
    [{ oneOf: [{ const: 'one' }] }, 'one'],
    [{ const: null }, null],
    [{ properties: { a: { type: 'null' } } }, { a: null }],
    [{ type: 'object' }, {}],
    [{ type: 'array', maxItems: 2, items: { type: 'integer' } }, [4, 0]],
    [{ items: { enum: ['delivery', 'bug'] } }, ['delivery', 'bug']],
    [{ type: 'array', minItems: 6, items: { const: 1 } }, [1, 1, 1, 1, 1, 1]],
  ])('makes of %j the value %j', async (schema, data) => {
    const text = 'Sender name: Ann, 4 parcels are late.\nThe app has a bug.\nSee https://example.com/a of 2026-11-23';
    expect(await dataFrom(text, schema)).toEqual(data);
  });

  it.each([
    ['It was refunded', true],
    ['It was not refunded', false],
    ['It was sent', false],
  ])('hears in %j that "refunded" is %j', async (text, refunded) => {
    expect(await dataFrom(text, { properties: { refunded: { type: 'boolean' } } })).toEqual({ refunded });
  });

  it('ends where a schema never does', async () => {
    let schema: JsonObject = { type: 'string' };
    for (let depth = 0; depth < 30; depth++) schema = { type: 'array', items: schema };
    await expect(dataFrom('a', schema)).rejects.toMatchObject({ code: 'model_answer_invalid', retryable: false });
  });

  it.each([['email'], ['uri'], ['date']])('leaves out a %s that the text does not hold, if it may', async (format) => {
    const schema = { properties: { a: { type: 'string', format } } };
    expect(await dataFrom('nothing here', schema)).toEqual({});
    await expect(dataFrom('nothing here', { ...schema, required: ['a'] })).rejects.toMatchObject({
      code: 'model_answer_invalid',
      retryable: false,
    });
  });

  it.each<[JsonObject]>([
    [{ type: 'array', minItems: 1_000_000_000, items: { type: 'string' } }],
    [{ type: 'array', minItems: 300, items: { type: 'array', minItems: 300, items: { const: 1 } } }],
    [{ $ref: '#/$defs/missing' }],
  ])('refuses the schema %j', async (schema) => {
    await expect(dataFrom('a', schema)).rejects.toMatchObject({ code: 'model_invalid_request', retryable: false });
  });
});

describe('the local model, given much to read', () => {
  const long = 256 * 1024;

  it.each<[string, string, JsonObject | null]>([
    ['a word without an end', 'a'.repeat(long), { type: 'string', format: 'email' }],
    ['a host without an end', `a@${'a'.repeat(long)}`, { type: 'string', format: 'email' }],
    ['spaces', `${' '.repeat(long)}x`, { type: 'string' }],
    ['a list of spaces', `Classify as one of: a, b${' '.repeat(long)}c`, null],
    ['a list of quotes', `Classify as one of: a, b${'"'.repeat(long)}c`, null],
    ['spaces behind a number', `Summarise one${' '.repeat(long)}x`, null],
    ['many sentences', `Summarise: ${'A b. '.repeat(long / 5)}`, null],
    ['many labels', `Classify as one of: ${'a,b '.repeat(500)}\n${'word '.repeat(long / 5)}`, null],
  ])('reads no part of it over and over: %s', async (_what, content, responseSchema) => {
    const answer = await local.generate(saying(content, { responseSchema }), { signal }).catch((error) => error);
    expect(answer).toMatchObject(answer instanceof Error ? { code: 'model_answer_invalid' } : { finishReason: 'stop' });
  });
});

describe('the local model', () => {
  it('speaks word by word', async () => {
    const heard: string[] = [];
    const answer = await local.generate(saying('Hello there'), { signal, onText: (text) => heard.push(text) });
    expect(heard.length).toBeGreaterThan(5);
    expect(heard.join('')).toBe(answer.text);
  });

  it('counts four characters as a token, and keeps to the most that is allowed', async () => {
    const answer = await local.generate(saying('12345678', { maxTokens: 3 }), { signal });
    expect(answer).toMatchObject({ promptTokens: 2, completionTokens: 3, finishReason: 'length' });
    expect(answer.text).toHaveLength(12);
    expect(await local.generate(saying('Hi'), { signal })).toMatchObject({ finishReason: 'stop' });
  });

  it('answers the same each time', async () => {
    expect(await answerTo('Tell me of bees')).toBe(await answerTo('Tell me of bees'));
  });

  it('stops speaking when nobody waits any more', async () => {
    const leaving = new AbortController();
    const heard: string[] = [];
    const onText = (text: string): void => {
      heard.push(text);
      leaving.abort();
    };
    const said = local.generate(saying('Hello there'), { signal: leaving.signal, onText });
    await expect(said).rejects.toMatchObject({ code: 'model_timeout', retryable: true });
    expect(heard).toHaveLength(1);
  });
});
