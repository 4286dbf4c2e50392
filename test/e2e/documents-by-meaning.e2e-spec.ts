import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { startEmbeddingsServer, type EmbeddingsServer } from '../support/embeddings-server.js';
import { custom, node } from '../support/graphs.js';

const at = '/api/v1/documents';

let server: EmbeddingsServer;
let chatter: Chatter;
const variables = (model = 'near') => ({ OPENAI_BASE_URL: server.baseUrl, EMBEDDING_MODEL: `openai/${model}` });

beforeAll(async () => {
  server = await startEmbeddingsServer();
  chatter = await Chatter.boot({ variables: variables() });
});
afterAll(async () => {
  await chatter.close();
  await server.close();
});
afterEach(() => {
  server.failures.splice(0);
});

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
};
const get = async (id: string) => (await chatter.call('GET', `${at}/${id}`)).body;
const add = async (title: string, text: string, more: object = {}): Promise<string> => {
  const { status, body } = await chatter.call('POST', at, { title, text, ...more });
  expect(status).toBe(201);
  await until(async () => (await get(body.id)).embedded === true);
  return body.id as string;
};
const search = async (query: string, more: object = {}) =>
  (await chatter.call('POST', `${at}/search`, { query, ...more })).body;
const titles = async (query: string, more: object = {}): Promise<string[]> =>
  (await search(query, more)).hits.map(({ title }: { title: string }) => title);

describe('With an embedding model', () => {
  it('a document is found by what it means, also where it shares no word with the query', async () => {
    await add('Pets', 'A kitten purrs.');
    await add('Garage', 'An automobile needs oil.');
    expect(await search('feline')).toMatchObject({
      by: 'words_and_meaning',
      hits: [{ title: 'Pets', text: 'A kitten purrs.' }],
    });
    expect(await titles('which vehicle?')).toEqual(['Garage']);
    const ran = await chatter.execute(custom(node('look', 'retrieval', { query: 'feline', score_threshold: 0.5 })));
    expect(ran.body.output).toMatchObject([{ title: 'Pets', source: null }]);
  });

  it('what both words and meaning find comes first', async () => {
    await add('Rules', 'Every vacation is asked for in May.');
    await add('Party', 'The holiday party is in May.');
    expect((await titles('holiday'))[0]).toBe('Party');
    expect(await titles('holiday')).toContain('Rules');
  });

  it('collections are kept apart, and what is deleted is found no more', async () => {
    const id = await add('Policy', 'Leave of absence.', { collection: 'hr' });
    expect(await titles('vacation', { collection: 'hr' })).toEqual(['Policy']);
    expect(await titles('vacation', { collection: 'elsewhere' })).toEqual([]);
    await chatter.call('DELETE', `${at}/${id}`);
    expect(await titles('vacation', { collection: 'hr' })).toEqual([]);
  });

  it('a provider that is away leaves words, and documents get their vectors when it is back', async () => {
    server.failures.push({ status: 429, headers: { 'retry-after': '0' } }, { status: 503 });
    await add('Late', 'The engine is loud.');
    expect((await titles('automobile'))[0]).toBe('Garage');
    expect(await titles('automobile')).toContain('Late');
    server.failures.push({ status: 500 });
    expect(await search('loud')).toMatchObject({ by: 'words', hits: [{ title: 'Late' }] });
    expect(await search('loud')).toMatchObject({ by: 'words' }); // it is not asked again at once
    await chatter.restart();
  });

  it('a part that the provider refuses is found by its words, and holds up no other', async () => {
    const { body } = await chatter.call('POST', at, { title: 'Refused', text: 'refuse-me please' });
    await add('Next', 'A feline.');
    expect((await get(body.id)).embedded).toBe(false);
    expect(await titles('please')).toContain('Refused');
    await chatter.call('DELETE', `${at}/${body.id}`);
  });

  it('a restart asks nothing again, nor does an index that is made anew, but another model asks for everything', async () => {
    const before = server.asked.length;
    await chatter.stop();
    for (const end of ['', '-wal', '-shm']) await rm(join(chatter.dataDir, `search.db${end}`), { force: true });
    await chatter.start();
    await until(async () => (await titles('kitten')).includes('Pets'));
    await until(async () => (await titles('which vehicle?')).includes('Garage'));
    const texts = ['A kitten purrs.', 'An automobile needs oil.', 'The engine is loud.'];
    expect(server.asked.slice(before).filter((asked) => texts.includes(asked))).toEqual([]);

    await chatter.stop();
    const other = await Chatter.boot({ dataDir: chatter.dataDir, variables: variables('turned') });
    other.apiKey = chatter.apiKey;
    const found = async () => (await other.call('POST', `${at}/search`, { query: 'feline' })).body.hits;
    await until(async () => (await found()).some(({ title }: { title: string }) => title === 'Pets'));
    expect(server.asked.slice(before)).toContain('A kitten purrs.');
    await other.stop();
    await chatter.start();
  });
});

describe('The embedding model', () => {
  it.each([
    [{ EMBEDDING_MODEL: 'openai/near' }, 'Set both, or neither'],
    [{ EMBEDDING_MODEL: 'local/near', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }, 'like openai/text-embedding-3-small'],
  ])('is refused at the start where it cannot be used: %j', async (wrong, says) => {
    await expect(Chatter.boot({ variables: wrong })).rejects.toThrow(says);
  });

  it('may be left out: documents are found by their words', async () => {
    const plain = await Chatter.boot();
    const { body } = await plain.call('POST', at, { title: 'Pets', text: 'A kitten purrs.' });
    expect(body.embedded).toBeNull();
    expect((await plain.call('POST', `${at}/search`, { query: 'feline' })).body).toEqual({ hits: [], by: 'words' });
    await plain.close();
  });
});
