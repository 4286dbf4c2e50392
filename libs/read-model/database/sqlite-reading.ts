import { Worker } from 'node:worker_threads';
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  type QueryResult,
} from 'kysely';
import { StoreUnavailable } from '#event-store';
import type { Answer, Question } from './reading-thread.js';
import type { SqliteFile } from './sqlite-connection.js';

/** A page is far below; SQLite's own memory does not count here. Without it the heap would grow with what it has read. */
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 };

/**
 * A file that is only read, for kysely and so for MikroORM, on a thread of its own: however long a list takes, what runs beside it
 * goes on.
 *
 * 1. Questions are answered one after the other, in the order in which they were asked.
 * 2. A question sees what was committed before it was asked.
 * 3. A thread that dies takes with it what it was asked; the next question starts another.
 */
export class SqliteReading implements Dialect {
  constructor(
    private readonly path: string,
    private readonly counted: () => void,
  ) {}

  createDriver(): Driver {
    return new ReadingDriver({ path: this.path, access: 'read' }, this.counted);
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createIntrospector(database: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(database);
  }
}

interface Asked {
  readonly resolve: (rows: readonly unknown[]) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end. */
class ReadingThread {
  private worker: Worker | null = null;
  private asked: Asked[] = [];
  private closed = false;

  constructor(private readonly file: SqliteFile) {}

  async ask(question: Question): Promise<readonly unknown[]> {
    if (this.closed) throw new StoreUnavailable('The lists are closed.');
    const worker = (this.worker ??= this.start());
    return new Promise((resolve, reject) => {
      worker.postMessage(question); // throws where a value cannot cross
      this.asked.push({ resolve, reject });
    });
  }

  /** What was asked before is answered. */
  async close(): Promise<void> {
    this.closed = true;
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage(null);
    await ended;
  }

  private start(): Worker {
    const name = import.meta.url.endsWith('.ts') ? './reading-thread.ts' : './reading-thread.js';
    const worker = new Worker(new URL(name, import.meta.url), { workerData: this.file, resourceLimits });
    let reason = 'it has ended';
    worker.on('message', (answer: Answer) => this.answered(answer));
    worker.on('error', ({ message }: Error) => (reason = message));
    worker.on('exit', () => this.ended(new StoreUnavailable(`The lists cannot be read: ${reason}.`)));
    return worker;
  }

  private answered(answer: Answer): void {
    const { resolve, reject } = this.asked.shift()!;
    if (answer.type === 'rows') resolve(answer.rows);
    else reject(Object.assign(new Error(answer.error.message), { code: answer.error.code }));
  }

  /** Rule 3. */
  private ended(error: Error): void {
    this.worker = null;
    for (const { reject } of this.asked.splice(0)) reject(error);
  }
}

const onlyReads = (): Promise<never> => Promise.reject(new Error('These tables are only read here.'));

class ReadingDriver implements Driver, DatabaseConnection {
  private readonly thread: ReadingThread;

  constructor(
    file: SqliteFile,
    private readonly counted: () => void,
  ) {
    this.thread = new ReadingThread(file);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this;
  }

  async releaseConnection(): Promise<void> {}

  async executeQuery<R>({ sql: text, parameters: values }: CompiledQuery): Promise<QueryResult<R>> {
    this.counted();
    return { rows: (await this.thread.ask({ text, values })) as R[] };
  }

  /** Whoever reads much does so page by page. */
  async *streamQuery(): AsyncIterableIterator<never> {
    yield await onlyReads();
  }

  beginTransaction = onlyReads;
  commitTransaction = onlyReads;
  rollbackTransaction = onlyReads;

  destroy(): Promise<void> {
    return this.thread.close();
  }
}
