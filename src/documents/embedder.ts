import { setTimeout as rest } from 'node:timers/promises';
import type { EmbeddingModel } from '#plugin-host';
import type { DocumentVectors, UnembeddedPart } from '#read-model';
import type { Logger } from 'pino';

/** Texts of one request to the provider. */
const batch = 64;
const requestMs = 60_000;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;
/** Somebody waits for the answer to a query: without one it is found by its words alone. */
const queryMs = 5_000;
/** After a query without an answer, those of this time are not even asked. */
const distrustMs = 10_000;

/**
 * Gives the parts of documents their vectors, in the background and in batches.
 *
 * 1. A provider that does not answer is asked again, ever less often; until then documents are found by their words.
 * 2. Where it refuses a batch, its parts are asked for one by one: one that is refused by itself has no vector until the next
 *    start, and holds up no other.
 * 3. Vectors that nobody needs any more go once the index has all that the log has: while it is made anew, they wait for it.
 */
export class Embedder {
  private readonly ended = new AbortController();
  private readonly refused = new Set<string>();
  private working: Promise<void> | null = null;
  private again = false;
  private tidy = false;
  private distrustedUntil = 0;

  constructor(
    readonly vectors: DocumentVectors,
    private readonly model: EmbeddingModel,
    private readonly log: Logger,
  ) {}

  /** Documents have come, or gone. `caughtUp`: the index has all that the log has. */
  wake({ caughtUp }: { readonly caughtUp: boolean }): void {
    this.again = true;
    this.tidy ||= caughtUp;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** Null: the provider does not answer in time. */
  async vectorOf(query: string): Promise<Float32Array | null> {
    if (performance.now() < this.distrustedUntil) return null;
    try {
      const [vector] = await this.ask([query], queryMs, 0);
      return vector!;
    } catch (error) {
      this.distrustedUntil = performance.now() + distrustMs;
      this.log.warn({ err: error, model: this.model.name }, 'A query has no vector: it is looked for by its words');
      return null;
    }
  }

  async stop(): Promise<void> {
    this.ended.abort();
    await this.working;
    this.vectors.close();
  }

  private async work(): Promise<void> {
    const { signal } = this.ended;
    for (let restMs = shortestRestMs; this.again && !signal.aborted;) {
      try {
        this.again = false;
        if (this.tidy) this.vectors.forgetUnused(); // rule 3
        this.tidy = false;
        await this.embedAll();
        restMs = shortestRestMs;
      } catch (error) {
        if (signal.aborted) return;
        this.log.warn({ err: error, model: this.model.name }, 'Documents have no vectors yet; it is tried again');
        this.again = true;
        await rest(restMs, undefined, { signal }).catch(() => undefined); // rule 1
        restMs = Math.min(restMs * 2, longestRestMs);
      }
    }
  }

  private async embedAll(): Promise<void> {
    for (let parts = this.next(); parts.length > 0; parts = this.next()) {
      const embedded = await this.embed(parts);
      if (embedded) continue;
      for (const part of parts) if (!(await this.embed([part]))) this.refuse(part); // rule 2
    }
  }

  private next(): UnembeddedPart[] {
    const some = this.vectors.unembedded(batch + this.refused.size);
    return some.filter((part) => !this.refused.has(keyOf(part))).slice(0, batch);
  }

  /** False where the provider has refused what was asked, and would refuse it again. */
  private async embed(parts: readonly UnembeddedPart[]): Promise<boolean> {
    try {
      const texts = parts.map(({ text }) => text);
      this.vectors.keep(parts, await this.ask(texts, requestMs, 2));
      return true;
    } catch (error) {
      if (isAboutTheText(error)) return false;
      throw error;
    }
  }

  private refuse(part: UnembeddedPart): void {
    this.refused.add(keyOf(part));
    this.log.warn(
      { model: this.model.name, sha256: part.sha256 },
      'The provider gives no vector for a part of a document',
    );
  }

  private ask(texts: readonly string[], ms: number, maxRetries: number): Promise<readonly Float32Array[]> {
    const signal = AbortSignal.any([this.ended.signal, AbortSignal.timeout(ms)]);
    return this.model.embed(texts, { signal, maxRetries });
  }
}

const keyOf = ({ tenant, sha256 }: UnembeddedPart): string => `${tenant} ${sha256}`;

/** 400, 413, 422: another text might do. A wrong key or an unknown model (401, 403, 404) is a matter for the operator, whatever the text. */
const isAboutTheText = (error: unknown): boolean =>
  [400, 413, 422].includes((error as { readonly statusCode?: number }).statusCode ?? 0);
