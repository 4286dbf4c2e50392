import { Worker } from 'node:worker_threads';
import type { ReadDatabaseAddress } from '../database/read-database.js';
import type { LogAddress } from './log-address.js';
import type { FromProjector, ProjectorThreadData, ToProjector } from './projector-messages.js';
import { notStarted, type ProjectorStatus, type RunningProjector } from './projector-status.js';

/** A batch and the rows that it keeps are far below; without it the heap would grow with what it has read. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

export interface ThreadedProjectorOptions {
  readonly database: ReadDatabaseAddress;
  readonly log: LogAddress;
  /** Whether it folds at all, where others may. Default true. */
  readonly projects?: boolean;
  readonly lingerMs?: number;
  /** The compiled entry of the thread. Default: the one beside this file. */
  readonly entry?: URL;
  /** Rest before a thread that died is replaced. Default 1,000. */
  readonly restartMs?: number;
  readonly onProgress: (status: ProjectorStatus) => void;
}

/** Resolves once the tables are there to be read; rejects where they cannot be made. */
export const startThreadedProjector = async (options: ThreadedProjectorOptions): Promise<RunningProjector> => {
  const projector = new ThreadedProjector(options);
  await projector.start();
  return projector;
};

/**
 * The main thread's end of a projector that runs on another.
 *
 * 1. However often it is woken, there is at most one message on its way: what is asked meanwhile is sent when the
 *    thread has answered, since its pass may have begun before.
 * 2. A thread that dies is replaced; its tables are whole, because a batch is one transaction.
 */
class ThreadedProjector implements RunningProjector {
  private worker: Worker | null = null;
  private last: ProjectorStatus = notStarted;
  private waking = false;
  private wakeAgain = false;
  private closed = false;
  private restart: NodeJS.Timeout | undefined;

  constructor(private readonly options: ThreadedProjectorOptions) {}

  start(): Promise<void> {
    const {
      database,
      log,
      projects = true,
      lingerMs,
      entry = new URL('./projector-thread.js', import.meta.url),
    } = this.options;
    const workerData: ProjectorThreadData = { database, log, projects, lingerMs };
    const worker = new Worker(entry, { workerData, resourceLimits });
    this.worker = worker;
    return new Promise((resolve, reject) => {
      let ready = false;
      let reason: unknown = new Error('The thread of the projector ended before it was ready.');
      worker.on('message', (message: FromProjector) => {
        if (message.type === 'progress') return this.progressed(message.status);
        ready = true;
        resolve();
      });
      worker.on('error', (error) => (reason = error));
      worker.on('exit', () => (ready ? this.died(reason) : reject(reason)));
    });
  }

  wake(): void {
    if (this.waking)
      this.wakeAgain = true; // rule 1
    else this.send('wake');
    this.waking = true;
  }

  hurry(): void {
    this.send('hurry');
  }

  status(): ProjectorStatus {
    return this.last;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.restart);
    const worker = this.worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    this.send('close');
    await ended;
  }

  private send(message: ToProjector): void {
    this.worker?.postMessage(message);
  }

  private progressed(status: ProjectorStatus): void {
    this.last = status;
    this.waking = false;
    if (this.wakeAgain) {
      this.wakeAgain = false;
      this.wake();
    }
    this.options.onProgress(status);
  }

  private died(reason: unknown): void {
    this.worker = null;
    this.waking = false;
    if (this.closed) return;
    this.last = { ...this.last, failing: String((reason as { message?: unknown }).message ?? reason) };
    this.options.onProgress(this.last);
    this.restart = setTimeout(() => {
      this.start().catch((error: unknown) => this.died(error)); // rule 2
    }, this.options.restartMs ?? 1_000);
  }
}
