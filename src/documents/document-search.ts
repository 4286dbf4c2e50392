import { eventSchemas, type DocumentEvent } from '#engine';
import { eventOf, idOf, type EventStore, type PayloadStore, type Position, type RecordedEvent } from '#event-store';
import type { DocumentHit, DocumentQuery } from '#plugin-sdk';
import { mergeHits, type DocumentIndex } from '#read-model';
import type { Logger } from 'pino';
import { prefixed } from '../http/ids.js';
import type { Embedder } from './embedder.js';

export interface Found {
  readonly hits: readonly DocumentHit[];
  /** What they were found by. */
  readonly by: 'words' | 'words_and_meaning';
}

/** So many of each kind are put into one order, however few are wanted. */
const leastMerged = 50;

const patienceMs = 5_000;
const restMs = 1_000;

/** Follows the log with the index of documents, from where the index was. What this process has written is found by its next search. */
export class DocumentSearch {
  private readonly ended = new AbortController();
  private readonly waiters = new Map<(reached: boolean) => void, Position>();
  private running: Promise<void> = Promise.resolve();
  /** Of the last document that this process has added or deleted. */
  private written: Position = '';
  private position: Position;

  constructor(
    private readonly index: DocumentIndex,
    private readonly store: EventStore,
    private readonly payloads: PayloadStore,
    private readonly log: Logger,
    /** Null: what is looked for is found by its words alone. */
    private readonly embedder: Embedder | null = null,
  ) {
    this.position = index.position;
  }

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.running;
    await this.embedder?.stop();
    this.index.close();
  }

  /** Something was written at this position: searches from now on see it. */
  wrote(position: Position | null): void {
    if (position !== null && position > this.written) this.written = position;
  }

  async search(tenant: string, { query, collection, limit, scoreThreshold }: DocumentQuery): Promise<Found> {
    const embedding = this.embedder?.vectorOf(query) ?? null;
    await this.seen(this.written);
    const wanted = { tenant, collection, limit: Math.max(limit, leastMerged) };
    const byWords = this.index.search({ ...wanted, query, scoreThreshold: null });
    const vector = await embedding;
    const byMeaning = vector ? await this.embedder!.vectors.nearest({ ...wanted, vector }) : [];
    const hits = mergeHits(byWords, byMeaning)
      .filter(({ score }) => score >= (scoreThreshold ?? 0))
      .slice(0, limit)
      .map((hit) => ({ ...hit, id: prefixed('doc', hit.id) }));
    return { hits, by: vector ? 'words_and_meaning' : 'words' };
  }

  /** Whether it is found by its meaning, too; null where nothing is. */
  isEmbedded(id: string): boolean | null {
    return this.embedder?.vectors.isEmbedded(id) ?? null;
  }

  private async follow(): Promise<void> {
    const { signal } = this.ended;
    while (!signal.aborted) {
      try {
        const from = this.position === '' ? {} : { from: this.position };
        for await (const next of this.store.subscribe({ categories: ['document'], signal, ...from })) {
          if ('stream' in next) await this.take(next);
          else this.reach(next.position);
          this.embedder?.wake({ caughtUp: !('stream' in next) });
        }
      } catch (error) {
        if (signal.aborted) return;
        this.log.error({ err: error }, 'The index of documents is behind, and tries again');
        await new Promise((resolve) => setTimeout(resolve, restMs).unref());
      }
    }
  }

  private async take(recorded: RecordedEvent): Promise<void> {
    const { stream, position, envelope } = recorded;
    const event = eventOf<DocumentEvent>(recorded, eventSchemas);
    if (event.type === 'DocumentDeleted') await this.index.remove(idOf(stream), position);
    else {
      const { value, collection, text_sha256 } = event.data;
      const bytes = await this.payloads.get(envelope.tenant, text_sha256);
      const text = bytes ? new TextDecoder().decode(bytes) : '';
      if (!bytes) this.log.error({ stream }, 'The text of a document is missing: it cannot be found');
      const { title, source } = value;
      await this.index.add({ id: idOf(stream), tenant: envelope.tenant, collection, title, source, text }, position);
    }
    this.reach(position);
  }

  private reach(position: Position): void {
    if (position > this.position) this.position = position;
    for (const [resolve, wanted] of this.waiters) if (wanted <= this.position) resolve(true);
  }

  /** A search waits for what was written before it, but not for ever. */
  private seen(position: Position): Promise<boolean> {
    if (position <= this.position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (reached: boolean): void => {
        clearTimeout(timer);
        this.waiters.delete(done);
        resolve(reached);
      };
      const timer = setTimeout(() => done(false), patienceMs);
      this.waiters.set(done, position);
    });
  }
}
