import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Chatter } from '../support/chatter.js';
import { custom, node } from '../support/graphs.js';

const at = '/api/v1/documents';

let chatter: Chatter;
beforeAll(async () => {
  chatter = await Chatter.boot();
});
afterAll(() => chatter.close());

const add = (body: object, headers = {}) => chatter.call('POST', at, body, headers);
const upload = (type: string, text: string, query = '') =>
  chatter.call('POST', `${at}${query}`, text, { 'content-type': type });
const search = async (query: string, more: object = {}): Promise<{ title: string; text: string }[]> =>
  (await chatter.call('POST', `${at}/search`, { query, ...more })).body.hits;
const lookUp = (config: object) => custom(node('look', 'retrieval', config));

describe('A document', () => {
  it('is added, and found by the next search and by a workflow', async () => {
    const { status, body, headers } = await add({
      title: 'Handbook',
      text: 'Holidays are asked for in May.',
      collection: 'hr',
    });
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${at}/${body.id}`);
    expect(body).toMatchObject({ title: 'Handbook', collection: 'hr', mime: 'text/plain', characters: 30 });
    expect(await search('holidays')).toMatchObject([{ title: 'Handbook', text: 'Holidays are asked for in May.' }]);
    const ran = await chatter.execute(lookUp({ query: 'When do I ask for holidays?', collection: 'hr' }));
    expect(ran.body.output).toMatchObject([{ id: body.id, title: 'Handbook', source: null }]);
    expect((await chatter.call('GET', `${at}/${body.id}`)).body).toMatchObject({
      text: 'Holidays are asked for in May.',
    });
  });

  it('may be a plain text, Markdown or HTML, without its scripts', async () => {
    const html = '<html><script>steal("zebra")</script><h1>Giraffes</h1><p>Giraffes are <b>tall</b>.</p></html>';
    const { status, body } = await upload('text/html; charset=utf-8', html, '?source=giraffes.html');
    expect([status, body.source]).toEqual([201, 'giraffes.html']);
    expect(body.text).toContain('Giraffes are tall.');
    expect(body.text).not.toContain('zebra');
    expect((await upload('text/markdown', '# Otters\n\nOtters swim.')).body).toMatchObject({ title: 'Otters' });
    expect(await search('otters swim')).toHaveLength(1);
  });

  it('is one under one Idempotency-Key', async () => {
    const wish = { title: 'Once', text: 'only once' };
    const first = await add(wish, { 'idempotency-key': 'k' });
    const second = await add(wish, { 'idempotency-key': 'k' });
    expect([second.status, second.body.id]).toEqual([201, first.body.id]);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const other = await add({ ...wish, text: 'another' }, { 'idempotency-key': 'k' });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    const elsewhere = await add({ ...wish, collection: 'elsewhere' }, { 'idempotency-key': 'k' });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([409, 'idempotency_key_reused']);
  });

  it('is found no more once it is deleted', async () => {
    const { body } = await add({ title: 'Gone', text: 'a walrus' });
    expect(await search('walrus')).toHaveLength(1);
    expect((await chatter.call('DELETE', `${at}/${body.id}`)).status).toBe(204);
    expect(await search('walrus')).toEqual([]);
    expect((await chatter.call('GET', `${at}/${body.id}`)).status).toBe(404);
    expect((await chatter.call('DELETE', `${at}/${body.id}`)).body.code).toBe('document_not_found');
  });

  it('is listed by collection and by words of its title', async () => {
    await add({ title: 'Listed one', text: 'x', collection: 'listed' });
    await add({ title: 'Listed two', text: 'x', collection: 'listed' });
    const titles = async (query: string) =>
      (await chatter.call('GET', `${at}?${query}`)).body.documents.map(({ title }: { title: string }) => title);
    expect(await titles('collection=listed&sort=title')).toEqual(['Listed one', 'Listed two']);
    expect(await titles('collection=listed&text=TWO')).toEqual(['Listed two']);
    const page = (await chatter.call('GET', `${at}?collection=listed&limit=1`)).body;
    expect(page).toMatchObject({ total_count: 2, next_cursor: expect.any(String) });
  });

  it('is there after a restart', async () => {
    await add({ title: 'Kept', text: 'a platypus' });
    await chatter.restart();
    expect(await search('platypus')).toHaveLength(1);
  });

  it('is found just the same by an index that was made anew from the log', async () => {
    await add({ title: 'Herons', text: 'Herons stand in the water, and wait for fish.' });
    await add({ title: 'Egrets', text: 'Egrets are white herons.', collection: 'white' });
    const { body: gone } = await add({ title: 'Storks', text: 'Storks are no herons.' });
    await chatter.call('DELETE', `${at}/${gone.id}`);
    const questions = ['herons', 'white herons', 'storks', 'who waits for fish?', 'platypus'];
    const answers = () => Promise.all(questions.map((question) => search(question)));
    const live = await answers();
    await chatter.stop();
    for (const file of ['search.db', 'search.db-wal', 'search.db-shm'])
      await rm(join(chatter.dataDir, file), { force: true });
    await chatter.start();
    const { body: behind } = await add({ title: 'Behind all others', text: 'a search waits for this one' });
    await chatter.call('DELETE', `${at}/${behind.id}`);
    expect(await answers()).toEqual(live);
    expect(live.slice(0, 3).map((hits) => hits.length)).toEqual([2, 2, 0]);
  });

  it.each([
    [{ text: 'x' }, 400, 'invalid_request'],
    [{ title: 'x', text: ' ' }, 400, 'invalid_request'],
    [{ title: ' ', text: 'x' }, 400, 'invalid_request'],
    [{ title: 'x', text: 'x', collection: '../x' }, 400, 'invalid_request'],
    [{ title: 'x', text: 'x', tags: [] }, 400, 'invalid_request'],
    [{ title: 'x', text: 'x', mime: 'application/pdf' }, 415, 'unsupported_media_type'],
  ])('is refused where it makes no sense: %j', async (body, status, code) => {
    const answer = await add(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is refused where it is no text, too large, or sent elsewhere', async () => {
    expect((await upload('application/pdf', '%PDF')).status).toBe(415);
    expect((await upload('text/plain', 'x'.repeat(5 * 1024 * 1024 + 1))).status).toBe(413);
    const elsewhere = await chatter.call('POST', '/api/v1/workflows/execute', 'hello', {
      'content-type': 'text/plain',
    });
    expect([elsewhere.status, elsewhere.body.code]).toEqual([415, 'unsupported_media_type']);
  });
});
