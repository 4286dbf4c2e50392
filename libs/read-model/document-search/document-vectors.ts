import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { IndexHit } from './document-index.js';

/** A part of a document that has no vector yet. */
export interface UnembeddedPart {
  readonly tenant: string;
  readonly sha256: string;
  readonly text: string;
}

export interface NearQuery {
  readonly tenant: string;
  /** Null: every collection of the tenant. */
  readonly collection: string | null;
  readonly limit: number;
  /** Of length 1. */
  readonly vector: Float32Array;
}

/** Parts that are compared with one query; of more, those that came last. */
export const mostCompared = 50_000;
/** Parts that are compared before others get their turn. */
const batch = 2_000;
/** What is no closer than this is close by chance. */
const leastLikeness = 0.2;

interface PartRow {
  readonly chunk: number;
  readonly document_id: string;
  readonly vector: Uint8Array;
}

/**
 * What the parts of documents mean: vectors of one model, in a file of their own beside the index.
 *
 * 1. A vector belongs to a tenant, a model and a text: an index that is made anew finds those that there were, and nobody
 *    is asked again.
 * 2. Every part of the tenant's collection is compared, up to `mostCompared`: nothing near is missed.
 * 3. When no part has a text any more, its vector goes.
 */
export class DocumentVectors {
  private constructor(
    private readonly db: DatabaseSync,
    readonly model: string,
  ) {}

  /** The index must be open: its parts are read here. */
  static open(dir: string, model: string): DocumentVectors {
    const db = new DatabaseSync(join(dir, 'vectors.db'), { timeout: 5_000 });
    db.exec(`pragma journal_mode = wal; pragma synchronous = normal;
      create table if not exists vectors (tenant text not null, model text not null, sha256 text not null,
        vector blob not null, primary key (tenant, model, sha256)) without rowid`);
    db.prepare('attach database ? as words').run(join(dir, 'search.db'));
    return new DocumentVectors(db, model);
  }

  unembedded(limit: number): UnembeddedPart[] {
    const rows = this.db
      .prepare(
        `select wanted.tenant, wanted.sha256, chunks.shown as text
         from (select tenant, sha256, min(chunk) as chunk from words.parts as parts
               where not exists (select 1 from vectors where vectors.tenant = parts.tenant and model = ?
                                 and vectors.sha256 = parts.sha256)
               group by tenant, sha256 order by min(chunk) limit ?) as wanted
         join words.chunks as chunks on chunks.rowid = wanted.chunk`,
      )
      .all(this.model, limit);
    return rows as unknown as UnembeddedPart[];
  }

  /** Whether every part of this document has its vector. */
  isEmbedded(documentId: string): boolean {
    const missing = this.db
      .prepare(
        `select 1 from words.parts as parts where document_id = ? and not exists
         (select 1 from vectors where vectors.tenant = parts.tenant and model = ? and vectors.sha256 = parts.sha256) limit 1`,
      )
      .get(documentId, this.model);
    return missing === undefined;
  }

  keep(parts: readonly UnembeddedPart[], vectors: readonly Float32Array[]): void {
    const insert = this.db.prepare('insert or replace into vectors values (?, ?, ?, ?)');
    this.db.exec('begin immediate');
    try {
      parts.forEach(({ tenant, sha256 }, at) => insert.run(tenant, this.model, sha256, bytesOf(vectors[at]!)));
      this.db.exec('commit');
    } catch (error) {
      this.db.exec('rollback');
      throw error;
    }
  }

  /** Rule 3. */
  forgetUnused(): void {
    this.db.exec(`delete from vectors where not exists
      (select 1 from words.parts as parts where parts.tenant = vectors.tenant and parts.sha256 = vectors.sha256)`);
  }

  /** Rule 2: the part of each document that is nearest, the nearest first. `score`: the cosine. */
  async nearest({ tenant, collection, limit, vector }: NearQuery): Promise<IndexHit[]> {
    const rows = this.db.prepare(
      `select parts.chunk, parts.document_id, vectors.vector from words.parts as parts
         join vectors on vectors.tenant = parts.tenant and model = ? and vectors.sha256 = parts.sha256
         where parts.tenant = ? and (? is null or parts.collection = ?) and parts.chunk < ?
         order by parts.chunk desc limit ?`,
    );
    const best = new Map<string, { chunk: number; likeness: number }>();
    let before = Number.MAX_SAFE_INTEGER;
    for (let seen = 0; seen < mostCompared; seen += batch) {
      const page = rows.all(this.model, tenant, collection, collection, before, batch) as unknown as PartRow[];
      for (const { chunk, document_id: id, vector: bytes } of page) {
        const likeness = cosine(vector, bytes);
        if (likeness >= leastLikeness && likeness > (best.get(id)?.likeness ?? 0)) best.set(id, { chunk, likeness });
      }
      if (page.length < batch) break;
      before = page.at(-1)!.chunk;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const nearest = [...best.values()].sort((left, right) => right.likeness - left.likeness).slice(0, limit);
    return nearest.flatMap(({ chunk, likeness }) => this.hit(chunk, likeness));
  }

  close(): void {
    this.db.close();
  }

  private hit(chunk: number, likeness: number): IndexHit[] {
    const row = this.db
      .prepare(
        `select documents.id, documents.title, documents.source, chunks.shown as text
         from words.parts as parts join words.documents as documents on documents.id = parts.document_id
         join words.chunks as chunks on chunks.rowid = parts.chunk where parts.chunk = ?`,
      )
      .get(chunk) as Omit<IndexHit, 'score'> | undefined;
    return row ? [{ ...row, score: Math.round(likeness * 1e4) / 1e4 }] : []; // deleted a moment ago
  }
}

export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex');

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Both are of length 1. Vectors of other lengths than the query's are of another model that bore the same name. */
function cosine(query: Float32Array, bytes: Uint8Array): number {
  if (bytes.byteLength !== query.byteLength) return 0;
  const other = new Float32Array(bytes.slice().buffer);
  let sum = 0;
  for (let at = 0; at < query.length; at += 1) sum += query[at]! * other[at]!;
  return sum;
}
