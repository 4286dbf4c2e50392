import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newFolder } from '../testing/folder.js';
import { DocumentIndex, type IndexQuery } from './document-index.js';

let folder: ReturnType<typeof newFolder>;
let index: DocumentIndex;
let position = 0;
beforeEach(() => {
  folder = newFolder();
  index = DocumentIndex.open(folder.dir);
});
afterEach(() => {
  index.close();
  folder.remove();
});

const add = (id: string, text: string, more: { tenant?: string; collection?: string; title?: string } = {}) =>
  index.add(
    {
      id,
      text,
      title: more.title ?? id,
      tenant: more.tenant ?? 'default',
      collection: more.collection ?? 'default',
      source: null,
    },
    String((position += 1)),
  );
const search = (query: string, more: Partial<IndexQuery> = {}) =>
  index.search({ tenant: 'default', query, collection: null, limit: 5, scoreThreshold: null, ...more });
const ids = (query: string, more: Partial<IndexQuery> = {}) => search(query, more).map(({ id }) => id);

describe('the index of documents', () => {
  it('gives the part that holds most of what is asked for, best first', async () => {
    await add('cats', 'Cats sleep a lot. They hunt at night.');
    await add('penguins', 'Penguins live in the south. Penguins eat fish and cannot fly.');
    await add('fish', 'Fish live in water.');
    const [first, second] = search('What do penguins eat?');
    expect(first).toMatchObject({ id: 'penguins', title: 'penguins', source: null });
    expect(first!.text).toContain('Penguins eat fish');
    expect(first!.score).toBeGreaterThan(second?.score ?? 0);
    expect(ids('where do fish live')).toEqual(['fish', 'penguins']);
  });

  it('finds words in their forms, in titles, without accents, and in scripts without spaces', async () => {
    await add('a', 'The invoices were paid.', { title: 'Bills of March' });
    await add('b', 'Ein Café in Zürich');
    await add('c', '東京の天気は晴れです。');
    expect(ids('invoice')).toEqual(['a']);
    expect(ids('bill')).toEqual(['a']);
    expect(ids('cafe zurich')).toEqual(['b']);
    expect(ids('天気')).toEqual(['c']);
    expect(search('天気')[0]!.text).toBe('東京の天気は晴れです。');
  });

  it('keeps tenants and collections apart', async () => {
    await add('mine', 'secret plan');
    await add('other', 'secret plan', { collection: 'other' });
    await add('theirs', 'secret plan', { tenant: 'theirs' });
    expect(ids('secret').toSorted()).toEqual(['mine', 'other']);
    expect(ids('secret', { collection: 'other' })).toEqual(['other']);
    expect(ids('secret', { tenant: 'theirs' })).toEqual(['theirs']);
    expect(ids('secret', { tenant: 'nobody' })).toEqual([]);
  });

  it('gives no more than is wanted, and nothing below the threshold; scores are from 0 to 1', async () => {
    for (let n = 0; n < 8; n += 1) await add(`d${n}`, n < 3 ? 'red apples and green pears' : 'red cars');
    expect(search('red apples', { limit: 2 })).toHaveLength(2);
    expect(ids('red apples', { scoreThreshold: 0.8, limit: 10 })).toHaveLength(3);
    for (const { score } of search('red apples', { limit: 10 })) {
      expect(score).toBeGreaterThan(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });

  it('forgets what is removed, replaces what is added again, and says how far it is', async () => {
    await add('a', 'first text');
    await add('a', 'second text');
    expect(ids('first')).toEqual([]);
    await index.remove('a', '99');
    expect(ids('second')).toEqual([]);
    expect(index.position).toBe('99');
  });

  it('is there after a restart, and is made anew where its form is another', async () => {
    await add('a', 'kept text');
    index.close();
    index = DocumentIndex.open(folder.dir);
    expect(ids('kept')).toEqual(['a']);
    expect(index.position).not.toBe('');
  });

  it('takes any query for words', async () => {
    await add('a', 'some text about near and or not');
    let tried = 0;
    const hostile = [
      '"',
      '""',
      'NEAR(a b)',
      'text*',
      'scope:x',
      'a AND',
      '^text',
      '-text',
      "'; drop table chunks; --",
      '(',
      '\0',
      '😀',
    ];
    for (const query of hostile) {
      expect(() => search(query)).not.toThrow();
      tried += 1;
    }
    expect(tried).toBe(12);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (query) => void search(query)),
      { numRuns: 300 },
    );
    expect(ids('text')).toEqual(['a']);
    expect(ids('')).toEqual([]);
  });

  it('finds the other documents too where a long one has the words in all of its parts', async () => {
    await add('long', 'Holidays, holidays, holidays. '.repeat(8_000));
    for (let n = 0; n < 10; n += 1) await add(`short-${n}`, `In office ${n}, holidays are asked for in May.`);
    expect(new Set(ids('holidays', { limit: 50 })).size).toBe(11);
  });

  it('deletes all parts of a document, and none of its neighbours', async () => {
    await add('before', 'heron '.repeat(500));
    await add('between', 'heron '.repeat(500));
    await add('empty', '');
    await add('after', 'heron '.repeat(500));
    await index.remove('between', String((position += 1)));
    await index.remove('empty', String((position += 1)));
    await index.remove('never added', String((position += 1)));
    expect(ids('heron')).toEqual(['after', 'before']);
    await add('between', 'egret');
    expect([ids('heron'), ids('egret')]).toEqual([['after', 'before'], ['between']]);
  });

  it('takes a long text in turns with others', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    await add('long', Array.from({ length: 60_000 }, (_, n) => `word${n}`).join(' '));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    expect(ids('word59999')).toEqual(['long']);
  });
});
