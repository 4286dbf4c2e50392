import type { EmbeddingModel } from '#plugin-host';
import type { DocumentVectors } from '#read-model';
import type { Logger } from 'pino';

/** Texts of one request to the provider. */
const batch = 64;
const shortestRestMs = 1_000;
const longestRestMs = 60_000;
/** Somebody waits for the answer to a query: without one it is found by its words alone. */
const queryMs = 5_000;

/**
 * Gives the parts of documents their vectors, in the background and in batches. A provider that does not answer is asked
 * again, ever less often; until then documents are found by their words.
 */
export class Embedder {
  private readonly ended = new AbortController();
  private working: Promise<void> | null = null;
  private again = false;

  constructor(
    readonly vectors: DocumentVectors,
    private readonly model: EmbeddingModel,
    private readonly log: Logger,
  ) {}

  /** Documents have come, or gone. */
  wake(): void {
    this.again = true;
    this.working ??= this.work().finally(() => (this.working = null));
  }

  /** Null: the provider does not answer in time. */
  async vectorOf(query: string): Promise<Float32Array | null> {
    try {
      const signal = AbortSignal.any([this.ended.signal, AbortSignal.timeout(queryMs)]);
      const [vector] = await this.model.embed([query], { signal, maxRetries: 0 });
      return vector!;
    } catch (error) {
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
        this.vectors.forgetUnused();
        await this.embedAll();
        restMs = shortestRestMs;
      } catch (error) {
        if (signal.aborted) return;
        this.log.warn({ err: error, model: this.model.name }, 'Documents have no vectors yet; it is tried again');
        this.again = true;
        await resting(restMs, signal);
        restMs = Math.min(restMs * 2, longestRestMs);
      }
    }
  }

  private async embedAll(): Promise<void> {
    const { signal } = this.ended;
    for (let parts = this.vectors.unembedded(batch); parts.length > 0; parts = this.vectors.unembedded(batch)) {
      const texts = parts.map(({ text }) => text);
      this.vectors.keep(parts, await this.model.embed(texts, { signal, maxRetries: 2 }));
    }
  }
}

const resting = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
