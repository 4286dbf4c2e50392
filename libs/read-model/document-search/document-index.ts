import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chunksOf } from './chunks.js';
import { textDigest } from './document-vectors.js';
import { anyOf, indexable, queryWords } from './query-words.js';

export interface IndexedDocument {
  /** UUID without prefix. */
  readonly id: string;
  readonly tenant: string;
  readonly collection: string;
  readonly title: string;
  readonly source: string | null;
  readonly text: string;
}

export interface IndexQuery {
  readonly tenant: string;
  readonly query: string;
  /** Null: every collection of the tenant. */
  readonly collection: string | null;
  readonly limit: number;
  /** 0–1. */
  readonly scoreThreshold: number | null;
}

export interface IndexHit {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly score: number;
  readonly source: string | null;
}

/** The form of the tables: another one is made anew from the log. */
const format = '4';
/** Chunks that are written before others get their turn. */
const batch = 200;
/** Chunks that are ranked anew by how much of the query they hold; and how many of them may be of one document. */
const candidates = 200;
const candidatesOfOne = 4;

interface FoundRow {
  readonly document_id: string;
  readonly title: string;
  readonly source: string | null;
  readonly text: string;
  readonly rank: number;
}

/**
 * The full text of all documents, in a file that can be made again from the log.
 *
 * 1. Tenant and collection are words of the index itself: what is not theirs is not even ranked.
 * 2. Of each document the best part is given. It ranks by the share of the query's words that it holds, and among equals by
 *    how rare those words are (bm25).
 * 3. A document and how far the index has got change in one transaction.
 * 4. A long document does not crowd out the others: only its best parts are compared.
 * 5. The parts of a document are written in a row, so that whose a part is, and which are to be deleted, is known
 *    without reading it.
 */
export class DocumentIndex {
  private constructor(
    private readonly db: DatabaseSync,
    /** Sees no document that is half written. */
    private readonly reading: DatabaseSync,
  ) {}

  static open(dir: string): DocumentIndex {
    const path = join(dir, 'search.db');
    const db = new DatabaseSync(path, { timeout: 5_000 });
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    db.exec('create table if not exists progress (format text not null, position text not null)');
    const known = db.prepare('select format from progress').get() as { format: string } | undefined;
    if (known?.format !== format) {
      db.exec(`drop table if exists chunks; drop table if exists documents; drop table if exists parts;
        delete from progress;
        create table parts (chunk integer not null primary key, document_id text not null, tenant text not null,
          collection text not null, sha256 text not null);
        create index parts_by_collection on parts (tenant, collection);
        create index parts_by_text on parts (tenant, sha256);
        create index parts_by_document on parts (document_id);
        create table documents (id text not null primary key, title text not null, source text null,
          first_chunk integer not null, chunk_count integer not null);
        create index documents_by_chunk on documents (first_chunk) where chunk_count > 0;
        create virtual table chunks using fts5(text, title, scope, document_id unindexed, shown unindexed,
          tokenize = 'porter unicode61 remove_diacritics 2')`);
      db.prepare('insert into progress values (?, ?)').run(format, '');
    }
    const reading = new DatabaseSync(path, { timeout: 5_000 });
    reading.exec('pragma query_only = on');
    return new DocumentIndex(db, reading);
  }

  /** Of the last event that it has seen; empty: none. */
  get position(): string {
    return (this.db.prepare('select position from progress').get() as { position: string }).position;
  }

  async add(document: IndexedDocument, position: string): Promise<void> {
    const { id, tenant, collection, title, source, text } = document;
    const scope = `${word('t', tenant)} ${word('c', collection)}`;
    const part = this.db.prepare('insert into parts values (?, ?, ?, ?, ?)');
    const insert = this.db.prepare(
      'insert into chunks (text, title, scope, document_id, shown) values (?, ?, ?, ?, ?)',
    );
    const chunks = chunksOf(text);
    await this.changing(position, async () => {
      this.delete(id);
      let last = 0;
      for (let from = 0; from < chunks.length; from += batch) {
        for (const chunk of chunks.slice(from, from + batch)) {
          last = Number(insert.run(indexable(chunk), indexable(title), scope, id, chunk).lastInsertRowid);
          part.run(last, id, tenant, collection, textDigest(chunk));
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      const first = last - chunks.length + 1; // rule 5
      this.db.prepare('insert into documents values (?, ?, ?, ?, ?)').run(id, title, source, first, chunks.length);
    });
  }

  remove(id: string, position: string): Promise<void> {
    return this.changing(position, async () => this.delete(id));
  }

  search({ tenant, query, collection, limit, scoreThreshold }: IndexQuery): IndexHit[] {
    const words = queryWords(query);
    if (words.length === 0) return [];
    const within = [word('t', tenant), ...(collection === null ? [] : [word('c', collection)])]; // rule 1
    const scope = within.map((each) => `scope : "${each}"`).join(' AND ');
    const rows = this.reading
      .prepare(
        `select documents.id as document_id, documents.title, documents.source, chunks.shown as text, best.score as rank
         from (select owned.*, row_number() over (partition by first order by score, chunk) as place
               from (select found.*, (select first_chunk from documents where first_chunk <= chunk and chunk_count > 0
                                      order by first_chunk desc limit 1) as first
                     from (select rowid as chunk, bm25(chunks, 1.0, 2.0, 0.0) as score
                           from chunks where chunks match ? limit -1) as found) as owned) as best
         join documents on documents.first_chunk = best.first and documents.chunk_count > 0
         join chunks on chunks.rowid = best.chunk
         where best.place <= ? order by best.score limit ?`,
      )
      .all(`${scope} AND {text title} : (${anyOf(words)})`, candidatesOfOne, candidates) as unknown as FoundRow[];
    const best = new Map<string, IndexHit>();
    for (const row of rows) {
      const hit = {
        id: row.document_id,
        title: row.title,
        text: row.text,
        source: row.source,
        score: scoreOf(row, words),
      };
      if (hit.score > (best.get(hit.id)?.score ?? -1)) best.set(hit.id, hit); // rule 2
    }
    return [...best.values()]
      .filter(({ score }) => score >= (scoreThreshold ?? 0))
      .sort((left, right) => right.score - left.score || left.id.localeCompare(right.id))
      .slice(0, limit);
  }

  close(): void {
    this.reading.close();
    this.db.close();
  }

  /** Rule 3. */
  private async changing(position: string, change: () => Promise<void>): Promise<void> {
    this.db.exec('begin immediate');
    try {
      await change();
      this.db.prepare('update progress set position = ?').run(position);
      this.db.exec('commit');
    } catch (error) {
      this.db.exec('rollback');
      throw error;
    }
  }

  private delete(id: string): void {
    const known = this.db.prepare('select first_chunk, chunk_count from documents where id = ?').get(id) as
      { first_chunk: number; chunk_count: number } | undefined;
    if (!known) return;
    const { first_chunk: first, chunk_count: count } = known;
    this.db.prepare('delete from chunks where rowid between ? and ?').run(first, first + count - 1); // rule 5
    this.db.prepare('delete from parts where chunk between ? and ?').run(first, first + count - 1);
    this.db.prepare('delete from documents where id = ?').run(id);
  }
}

/** A word that no text holds. */
const word = (kind: string, name: string): string =>
  `${kind}${createHash('sha256').update(name).digest('hex').slice(0, 24)}`;

/** Rule 2: 0–1. A word counts as held where one of the text begins with its stem. */
function scoreOf({ text, title, rank }: FoundRow, words: readonly string[]): number {
  const held = queryWordsOf(`${title} ${text}`);
  const share = words.filter((each) => held.some((one) => one.startsWith(stem(each)))).length / words.length;
  const rarity = -rank / (1 - rank);
  return Math.round((0.9 * share + 0.1 * Math.max(0, rarity)) * 1e4) / 1e4;
}

const queryWordsOf = (text: string): string[] =>
  indexable(text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')).match(/[\p{L}\p{N}]+/gu) ?? [];

/** Roughly what the index takes for the same word. */
const stem = (each: string): string => {
  const plain = each.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.length > 5 ? plain.slice(0, -2) : plain.length > 3 ? plain.replace(/(s|e)$/, '') : plain;
};
