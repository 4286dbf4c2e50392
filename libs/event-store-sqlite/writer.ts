import { Worker } from 'node:worker_threads';
import { StorageFull, StoreClosed, StoreUnavailable } from '#event-store';
import type { Outcome, Work, WriterHealth, WriterOptions } from './writer-thread.js';

interface Waiting {
  readonly work: Work;
  readonly resolve: (outcome: Answer) => void;
  readonly reject: (error: Error) => void;
}

export type Answer = Exclude<Outcome, { type: 'full' } | { type: 'broken' }>;

/** Messages under way: the thread works on one while the next fills. */
const underWayAtMost = 2;

/**
 * The writing thread, seen from here. What is asked for in one turn of the event loop goes over as one message; while
 * two are under way the rest gathers, and shares the next commit.
 */
export class Writer {
  readonly stats = { works: 0, commits: 0 };
  private gathering: Waiting[] = [];
  private readonly underWay: Waiting[][] = [];
  private sending = false;
  private ended: Error | null = null;

  private constructor(
    private readonly thread: Worker,
    readonly health: WriterHealth,
    private readonly onCommit: () => void,
  ) {
    thread.on('message', ({ outcomes }: { outcomes: Outcome[] }) => this.answered(outcomes));
    thread.on('error', (error) => this.end(new StoreUnavailable(`The writer of the log has failed: ${error.message}`)));
    thread.on('exit', () => this.end(new StoreClosed()));
  }

  static async open(options: WriterOptions, onCommit: () => void): Promise<Writer> {
    const entry = new URL(import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js', import.meta.url);
    const thread = new Worker(entry, { workerData: { eventLog: options } });
    const health = await new Promise<WriterHealth>((resolve, reject) => {
      thread.once('error', reject);
      thread.once('message', (message: { health: WriterHealth }) => {
        thread.off('error', reject);
        resolve(message.health);
      });
    });
    return new Writer(thread, health, onCommit);
  }

  /** Resolves once it is durable (or refused by a conflict). */
  write(work: Work): Promise<Answer> {
    if (this.ended) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.gathering.push({ work, resolve, reject });
      if (this.sending) return;
      this.sending = true;
      queueMicrotask(() => {
        this.sending = false;
        this.send();
      });
    });
  }

  async close(): Promise<void> {
    if (this.ended) return;
    this.ended = new StoreClosed();
    const exited = new Promise((resolve) => this.thread.once('exit', resolve));
    this.sendAll();
    this.thread.postMessage(null);
    await exited;
  }

  private send(): void {
    if (this.gathering.length === 0 || this.underWay.length >= underWayAtMost) return;
    this.sendAll();
  }

  private sendAll(): void {
    if (this.gathering.length === 0) return;
    const batch = this.gathering;
    this.gathering = [];
    this.underWay.push(batch);
    this.thread.postMessage(batch.map(({ work }) => work));
  }

  /** One answer may cover several messages: the thread takes all that has arrived into one commit. */
  private answered(outcomes: readonly Outcome[]): void {
    this.stats.commits += 1;
    this.stats.works += outcomes.length;
    const answered: Waiting[] = [];
    while (answered.length < outcomes.length) answered.push(...this.underWay.shift()!);
    this.onCommit();
    answered.forEach((waiting, at) => answer(waiting, outcomes[at]!));
    this.send();
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const waiting of [...this.underWay.flat(), ...this.gathering]) waiting.reject(error);
    this.underWay.length = 0;
    this.gathering = [];
  }
}

function answer({ resolve, reject }: Waiting, outcome: Outcome): void {
  switch (outcome.type) {
    case 'full':
      return reject(new StorageFull('The disk is full: nothing was written. Free some space; it goes on by itself.'));
    case 'broken':
      return reject(new StoreUnavailable(`The log cannot be written to (${outcome.reason}). Restart: it recovers from what is on the disk.`));
    default:
      return resolve(outcome);
  }
}
