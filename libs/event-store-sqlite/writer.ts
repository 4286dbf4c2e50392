import { Worker } from 'node:worker_threads';
import { StorageFull, StoreClosed, StoreUnavailable } from '#event-store';
import type { Outcome, Work, WriterSettings, WriterOptions } from './writer-thread.js';

interface Waiting {
  readonly work: Work;
  readonly resolve: (outcome: Answer) => void;
  readonly reject: (error: Error) => void;
}

export type Answer = Exclude<Outcome, { type: 'full' } | { type: 'broken' } | { type: 'refused' }>;

/** What is asked of a thread. */
export type WriterThread = Pick<Worker, 'on' | 'once' | 'postMessage'>;

export interface WriterListener {
  /** Something was made durable. */
  committed(): void;
  /** The writer has failed, and will not write again. */
  stopped(reason: StoreUnavailable): void;
}

/** The thread's file: as compiled, or as source, of which the runtime strips the types. */
const threadEntry = new URL(
  import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js',
  import.meta.url,
);

/** Messages under way: the thread works on one while the next fills. */
const underWayAtMost = 2;

/**
 * The writing thread, seen from here. What is asked for in one turn of the event loop goes over as one message; while
 * two are under way the rest gathers, and shares the next commit. Every write is answered, whatever becomes of the thread.
 */
export class Writer {
  readonly stats = { works: 0, commits: 0 };
  /** Whether the last commit found no room. */
  full = false;
  private gathering: Waiting[] = [];
  private readonly underWay: Waiting[][] = [];
  private sending = false;
  private ended: Error | null = null;

  private constructor(
    private readonly thread: Worker,
    readonly settings: WriterSettings,
    private readonly listener: WriterListener,
  ) {
    thread.on('message', ({ outcomes }: { outcomes: Outcome[] }) => this.answered(outcomes));
    thread.on('error', (error) => this.stop(error.message));
    thread.on('exit', () => this.stop('its thread has ended'));
  }

  /** `entry`: for tests of a thread that fails. */
  static async open(options: WriterOptions, listener: WriterListener, entry: URL = threadEntry): Promise<Writer> {
    const thread = new Worker(entry, { workerData: { eventLog: options } });
    const settings = await new Promise<WriterSettings>((resolve, reject) => {
      thread.once('error', reject);
      thread.once('message', (message: { settings: WriterSettings }) => {
        thread.off('error', reject);
        resolve(message.settings);
      });
    });
    return new Writer(thread, settings, listener);
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
    this.full = outcomes[0]!.type === 'full';
    if (!this.full) this.stats.commits += 1;
    this.stats.works += outcomes.length;
    const answered: Waiting[] = [];
    while (answered.length < outcomes.length) answered.push(...this.underWay.shift()!);
    this.listener.committed();
    const broken = outcomes.find((outcome) => outcome.type === 'broken');
    answered.forEach((waiting, at) => answer(waiting, outcomes[at]!));
    if (broken) this.stop(broken.reason);
    else this.send();
  }

  private stop(reason: string): void {
    if (this.ended) return;
    const error = unavailable(reason);
    this.ended = error;
    this.listener.stopped(error);
    for (const waiting of [...this.underWay.flat(), ...this.gathering]) waiting.reject(error);
    this.underWay.length = 0;
    this.gathering = [];
  }
}

const unavailable = (reason: string): StoreUnavailable =>
  new StoreUnavailable(
    `The log has stopped (${reason}). Whether the last events were written is unknown. Restart: it recovers from what is on the disk.`,
  );

function answer({ resolve, reject }: Waiting, outcome: Outcome): void {
  switch (outcome.type) {
    case 'full':
      return reject(
        new StorageFull('The disk takes no more: nothing was written. Free some space; it goes on by itself.'),
      );
    case 'refused':
      return reject(new Error(`This cannot be stored: ${outcome.reason}.`));
    case 'broken':
      return reject(unavailable(outcome.reason));
    default:
      return resolve(outcome);
  }
}
