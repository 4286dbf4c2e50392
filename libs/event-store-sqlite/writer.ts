import { Worker } from 'node:worker_threads';
import { StorageFull, StoreClosed, StoreUnavailable } from '#event-store';
import type { Outcome, Work, WriterHealth, WriterOptions } from './writer-thread.js';

interface Waiting {
  readonly work: Work;
  readonly resolve: (outcome: Answer) => void;
  readonly reject: (error: Error) => void;
}

export type Answer = Exclude<Outcome, { type: 'full' } | { type: 'broken' } | { type: 'refused' }>;

/** What is asked of a thread. */
export type WriterThread = Pick<Worker, 'on' | 'once' | 'postMessage'>;

const written: ReadonlySet<Outcome['type']> = new Set(['appended', 'done', 'removed']);

/** Messages under way: the thread works on one while the next fills. */
const underWayAtMost = 2;

/**
 * The writing thread, seen from here. What is asked for in one turn of the event loop goes over as one message; while
 * two are under way the rest gathers, and shares the next commit. Every write is answered, whatever becomes of the thread.
 */
export class Writer {
  readonly stats = { works: 0, commits: 0 };
  /** Why nothing can be written any more, until the log is opened again. */
  failure: StoreUnavailable | null = null;
  private gathering: Waiting[] = [];
  private readonly underWay: Waiting[][] = [];
  private sending = false;
  private closing = false;
  private readonly exited: Promise<void>;

  /** `onChange` is told of every answer, and of the end. */
  constructor(
    private readonly thread: WriterThread,
    readonly health: WriterHealth,
    private readonly onChange: () => void,
  ) {
    thread.on('message', ({ outcomes }: { outcomes: Outcome[] }) => this.answered(outcomes));
    thread.on('error', (error: Error) => this.fail(`it has failed: ${error.message}`));
    this.exited = new Promise((resolve) =>
      thread.once('exit', () => {
        if (this.closing) this.end(new StoreClosed());
        else this.fail('it has ended');
        resolve();
      }),
    );
  }

  static async open(options: WriterOptions, onChange: () => void): Promise<Writer> {
    const name = import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js';
    const thread = new Worker(new URL(name, import.meta.url), { workerData: { eventLog: options } });
    const health = await new Promise<WriterHealth>((resolve, reject) => {
      const ended = () => reject(new StoreUnavailable('The writer of the log has ended before it began.'));
      thread.once('error', reject);
      thread.once('exit', ended);
      thread.once('message', (message: { health: WriterHealth }) => {
        thread.off('error', reject);
        thread.off('exit', ended);
        resolve(message.health);
      });
    });
    return new Writer(thread, health, onChange);
  }

  /** Resolves once it is durable (or refused by a conflict). */
  write(work: Work): Promise<Answer> {
    const end = this.failure ?? (this.closing ? new StoreClosed() : null);
    if (end) return Promise.reject(end);
    return new Promise((resolve, reject) => {
      this.gathering.push({ work, resolve, reject });
      if (this.sending) return;
      this.sending = true;
      queueMicrotask(() => {
        this.sending = false;
        if (this.underWay.length < underWayAtMost) this.send();
      });
    });
  }

  /** Resolves once everything asked for before is answered, and the thread is gone. */
  close(): Promise<void> {
    if (!this.closing) {
      this.closing = true;
      this.send();
      this.thread.postMessage(null);
    }
    return this.exited;
  }

  private send(): void {
    if (this.gathering.length === 0) return;
    const batch = this.gathering;
    this.gathering = [];
    this.underWay.push(batch);
    try {
      this.thread.postMessage(batch.map(({ work }) => work));
    } catch (error) {
      this.underWay.pop(); // something in it cannot cross to the thread: a bug of the caller's
      for (const { reject } of batch) reject(error as Error);
    }
  }

  /** One answer may cover several messages: the thread takes all that has arrived into one commit. */
  private answered(outcomes: readonly Outcome[]): void {
    if (this.failure) return; // all were told when it failed
    const waiting: Waiting[] = [];
    while (waiting.length < outcomes.length) for (const one of this.underWay.shift()!) waiting.push(one);
    this.stats.works += outcomes.length;
    if (outcomes.some(({ type }) => written.has(type))) this.stats.commits += 1;
    waiting.forEach((one, at) => this.answer(one, outcomes[at]!));
    this.onChange();
    this.send();
  }

  private answer({ resolve, reject }: Waiting, outcome: Outcome): void {
    switch (outcome.type) {
      case 'appended':
      case 'conflict':
      case 'done':
      case 'gone':
      case 'removed':
        return resolve(outcome);
      case 'full':
        return reject(new StorageFull('The disk is full: nothing was written. Free some space; it goes on by itself.'));
      case 'refused':
        return reject(new Error(`The log cannot take this: ${outcome.reason}`));
      case 'broken':
        return reject(this.fail(outcome.reason));
    }
  }

  private fail(reason: string): StoreUnavailable {
    this.failure ??= new StoreUnavailable(
      `The log cannot be written to (${reason}). Restart: it recovers from what is on the disk.`,
    );
    this.end(this.failure);
    return this.failure;
  }

  private end(error: Error): void {
    const left = [...this.underWay.flat(), ...this.gathering];
    this.underWay.length = 0;
    this.gathering = [];
    for (const { reject } of left) reject(error);
    this.onChange();
  }
}
