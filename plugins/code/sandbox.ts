import { Worker } from 'node:worker_threads';
import type { Job, JobOutcome } from './sandbox-messages.js';

/** So many run at the same time; the others wait for their turn, which does not count as their time. */
const mostThreads = 2;
/** A thread that has not answered so long after its job's time is ended. */
const graceMs = 1_000;

interface Waiting {
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly done: (outcome: JobOutcome) => void;
  readonly failed: (reason: unknown) => void;
}

/** Runs code in threads of its own, so that nothing that it does holds up anybody else. They do not keep the process alive. */
export class Sandbox {
  private readonly idle: Worker[] = [];
  private readonly queue: Waiting[] = [];
  private threads = 0;

  run(job: Job, signal: AbortSignal): Promise<JobOutcome> {
    return new Promise((done, failed) => {
      this.queue.push({ job, signal, done, failed });
      this.next();
    });
  }

  private next(): void {
    if (this.queue.length === 0) return;
    const thread = this.idle.pop() ?? (this.threads < mostThreads ? this.newThread() : null);
    if (thread) this.give(thread, this.queue.shift()!);
  }

  private newThread(): Worker {
    const name = import.meta.url.endsWith('.ts') ? './sandbox-thread.ts' : './sandbox-thread.js';
    const thread = new Worker(new URL(name, import.meta.url), { env: {}, stdin: false, execArgv: [] });
    thread.unref();
    this.threads += 1;
    return thread;
  }

  private give(thread: Worker, { job, signal, done, failed }: Waiting): void {
    thread.ref();
    const settle = (then: () => void, kept: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      thread.removeAllListeners('message').removeAllListeners('error').removeAllListeners('exit');
      if (kept) this.idle.push(thread);
      else this.drop(thread);
      thread.unref();
      then();
      this.next();
    };
    const lost = (message: string): JobOutcome => ({ ok: false, code: 'code_timeout', message, line: null, logs: [] });
    const timer = setTimeout(
      () => settle(() => done(lost('The code took longer than its timeout_ms.')), false),
      job.timeoutMs + graceMs,
    );
    const aborted = (): void => settle(() => failed(signal.reason), false);
    signal.addEventListener('abort', aborted, { once: true });
    thread.once('message', (outcome: JobOutcome) => settle(() => done(outcome), true));
    thread.once('error', (error) => settle(() => failed(error), false));
    thread.once('exit', () => settle(() => failed(new Error('The sandbox has ended.')), false));
    thread.postMessage(job);
  }

  private drop(thread: Worker): void {
    this.threads -= 1;
    void thread.terminate();
  }
}
