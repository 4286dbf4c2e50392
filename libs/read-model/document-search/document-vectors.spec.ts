import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newFolder } from '../testing/folder.js';
import { DocumentIndex } from './document-index.js';
import { DocumentVectors, type NearQuery } from './document-vectors.js';
import { mergeHits } from './merge-hits.js';

let folder: ReturnType<typeof newFolder>;
let index: DocumentIndex;
let vectors: DocumentVectors;
let position = 0;
beforeEach(() => {
  folder = newFolder();
  index = DocumentIndex.open(folder.dir);
  vectors = DocumentVectors.open(folder.dir, 'openai/one');
});
afterEach(() => {
  vectors.close();
  index.close();
  folder.remove();
});

const add = (id: string, text: string, tenant = 'default', collection = 'default') =>
  index.add({ id, text, title: id, tenant, collection, source: null }, String((position += 1)));
const direction = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
/** Each text is a number of degrees. */
const embed = (of = vectors) => {
  const parts = of.unembedded(100);
  of.keep(
    parts,
    parts.map(({ text }) => direction(Number(text))),
  );
  return parts.map(({ tenant, text }) => `${tenant} ${text}`);
};
const nearest = async (degrees: number, more: Partial<NearQuery> = {}, of = vectors) =>
  (await of.nearest({ tenant: 'default', collection: null, limit: 5, vector: direction(degrees), ...more })).map(
    ({ id }) => id,
  );

describe('the vectors of documents', () => {
  it('tell which parts are near, the nearest first, and nothing that is near by chance only', async () => {
    for (const degrees of [10, 40, 89, 170]) await add(`at ${degrees}`, String(degrees));
    embed();
    expect(await nearest(0)).toEqual(['at 10', 'at 40']);
    expect(await nearest(0, { limit: 1 })).toEqual(['at 10']);
    const [hit] = await vectors.nearest({ tenant: 'default', collection: null, limit: 1, vector: direction(70) });
    expect(hit).toEqual({ id: 'at 89', title: 'at 89', text: '89', source: null, score: 0.9455 });
  });

  it('are never compared with those of another tenant, another collection, or another model', async () => {
    await add('mine', '1');
    await add('hers', '1', 'her tenant');
    await add('elsewhere', '2', 'default', 'elsewhere');
    expect(embed()).toEqual(['default 1', 'her tenant 1', 'default 2']);
    expect(await nearest(0)).toEqual(['mine', 'elsewhere']);
    expect(await nearest(0, { collection: 'elsewhere' })).toEqual(['elsewhere']);
    expect(await nearest(0, { tenant: 'nobody' })).toEqual([]);
    expect(await nearest(0, { vector: Float32Array.of(1, 0, 0) })).toEqual([]);
    const other = DocumentVectors.open(folder.dir, 'openai/two');
    expect([await nearest(0, {}, other), other.isEmbedded('mine'), vectors.isEmbedded('mine')]).toEqual([
      [],
      false,
      true,
    ]);
    expect(embed(other)).toHaveLength(3);
    other.close();
  });

  it('are asked for once for one text, and stay when the index is made anew', async () => {
    await add('first', '5');
    expect([embed(), vectors.isEmbedded('first')]).toEqual([['default 5'], true]);
    await add('second', '5');
    expect([embed(), vectors.isEmbedded('second')]).toEqual([[], true]);
    await index.remove('first', '8');
    await index.remove('second', '9');
    await add('again', '5');
    expect(embed()).toEqual([]);
    expect(await nearest(0)).toEqual(['again']);
  });

  it('go when the last part with their text has gone', async () => {
    await add('first', '5');
    await add('second', '5');
    embed();
    await index.remove('first', '3');
    vectors.forgetUnused();
    expect(await nearest(0)).toEqual(['second']);
    await index.remove('second', '4');
    vectors.forgetUnused();
    await add('third', '5');
    expect(embed()).toEqual(['default 5']);
  });

  it('are kept all or not at all', async () => {
    await add('first', '5');
    await add('second', '6');
    expect(() => vectors.keep(vectors.unembedded(9), [direction(5)])).toThrow();
    expect(vectors.unembedded(9)).toHaveLength(2);
  });
});

describe('hits by words and by meaning', () => {
  const hit = (id: string, score: number) => ({ id, score, title: id, text: `${id} ${score}`, source: null });

  it('are one list: what both have found first, with the part that fits better', () => {
    const merged = mergeHits([hit('a', 0.9), hit('b', 0.5)], [hit('c', 0.8), hit('b', 0.7)]);
    expect(merged.map(({ id, text }) => [id, text])).toEqual([
      ['b', 'b 0.7'],
      ['a', 'a 0.9'],
      ['c', 'c 0.8'],
    ]);
  });

  it('stay in their order where only one kind has found something', () => {
    expect(mergeHits([hit('b', 0.3), hit('a', 0.2)], []).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(mergeHits([], [])).toEqual([]);
  });
});
