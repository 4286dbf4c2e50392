import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { eventSchemas, type ArchiveEvent, type ExecutionArchived } from '#engine';
import {
  archiveStream,
  canonicalJson,
  eventOf,
  executionStream,
  genesis,
  schemaOf,
  seal,
  type EventStore,
  type NewEvent,
  type PayloadStore,
} from '#event-store';
import { rowsToKeep } from '#read-model';
import { uuidv7 } from 'uuidv7';
import { ArchiveFile, sha256OfFile } from './archive-file.js';
import { ArchiveRefused } from './archive-format.js';
import { ClosedExecutions, type Closed, type LeftAlone } from './closed-executions.js';
import { verifyArchiveFile } from './verify-archive-file.js';

export interface ArchiveOptions {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  /** RFC 3339, UTC, ms. */
  readonly closedBefore: string;
  /** Made where it does not exist. */
  readonly folder: string;
  /** RFC 3339, UTC, ms. */
  readonly at: string;
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean;
  /** Executions in one run. Default 50,000. */
  readonly most?: number;
  /** What is kept of them until the file is verified, in bytes. A run that has reached it is over; the rest are for the next. Default 64 MiB. */
  readonly mostBytes?: number;
}

export interface ArchiveReport {
  /** Null: there was nothing to write. */
  readonly file: string | null;
  readonly fileSha256: string | null;
  readonly executions: number;
  readonly events: number;
  /** Archived by a run before this one, which did not come to its end. */
  readonly finished: number;
  readonly leftAlone: readonly LeftAlone[];
  /** As many more are for the next run. */
  readonly rest: number;
}

interface Archivable {
  readonly tenant: string;
  readonly archived: Omit<ExecutionArchived, 'file' | 'file_sha256'>;
}

const mostInARun = 50_000;
const mostBytesInARun = 64 * 1024 * 1024;
/** An event of the archive's; what is listed of one execution takes a few hundred bytes. */
const mostBytesOfOne = 512 * 1024;
/** One append. */
const bytesAtOnce = 256 * 1024;
const executionsAtOnce = 100;

/**
 * Moves executions that are over out of the log, into one file.
 *
 * 1. The file is written, is durable, and has been read back and verified, before anything else changes.
 * 2. What an execution came to is in the log (`ExecutionArchived`) before its own events leave it.
 * 3. A run that did not come to its end is finished by the next: what is archived already only leaves the log. Where its
 *    file is not in the folder any more, it is archived again.
 */
export async function archiveExecutions(options: ArchiveOptions): Promise<ArchiveReport> {
  const { store, payloads, closedBefore, dryRun, at, most = mostInARun, mostBytes = mostBytesInARun } = options;
  if (closedBefore > at) throw new ArchiveRefused(`${closedBefore} is in the future. Choose a moment that is past.`);
  const closed = new ClosedExecutions(store, payloads);
  const ids = await closed.endedBefore(closedBefore);
  const earlier = new EarlierRuns(options.folder, await archivedBefore(store, new Set(ids)));
  const run = new ArchiveRun(options);
  const leftAlone: LeftAlone[] = [];
  let [finished, seen] = [0, 0];
  try {
    for (const id of ids) {
      if (run.size + finished === most || run.bytes >= mostBytes) break;
      seen += 1;
      const found = await closed.find(id);
      if (!found) continue;
      if ('why' in found) leftAlone.push(found);
      else if (await earlier.has(found)) {
        if (!dryRun) await store.tombstone(executionStream(id), BigInt(found.events - 1)); // rule 3
        finished += 1;
      } else {
        const why = await run.add(found);
        if (why !== null) leftAlone.push({ id, why });
      }
    }
    return { ...(await run.end()), finished, leftAlone, rest: ids.length - seen };
  } catch (error) {
    await run.abandon();
    throw error;
  }
}

class ArchiveRun {
  private file: ArchiveFile | null = null;
  private readonly name: string;
  private readonly path: string;
  private readonly archivable: Archivable[] = [];
  private events = 0;
  /** Of what is kept of them in memory. */
  bytes = 0;

  constructor(private readonly options: ArchiveOptions) {
    this.name = `executions-${options.at.replaceAll(/[:.]/g, '-')}.jsonl.gz`;
    this.path = join(options.folder, this.name);
  }

  get size(): number {
    return this.archivable.length;
  }

  /** Why it is left alone; null: it is in the file. */
  async add(closed: Closed): Promise<string | null> {
    const { id, endedAt, events, head, tenant, history, payloads } = closed;
    const payload = kept(history);
    if (typeof payload === 'string') return payload;
    const rows = canonicalJson(payload);
    const named = payloads.map(({ sha256 }) => sha256).filter((sha256) => rows.includes(sha256));
    const refersTo = named.length > 0 ? { refers_to: named } : {};
    const archived = { execution_id: id, ended_at: endedAt, events, head, payload, ...refersTo };
    const bytes = Buffer.byteLength(canonicalJson(archived));
    if (bytes > mostBytesOfOne) return `what is listed of it takes ${bytes} bytes, more than ${mostBytesOfOne}`;
    const { endedAt: _, ...rest } = closed;
    if (!this.options.dryRun) await (await this.opened()).add(rest);
    this.archivable.push({ tenant, archived });
    this.events += events;
    this.bytes += bytes;
    return null;
  }

  async end(): Promise<Omit<ArchiveReport, 'finished' | 'leftAlone' | 'rest'>> {
    const report = { executions: this.archivable.length, events: this.events };
    if (!this.file) return { ...report, file: null, fileSha256: null };
    const fileSha256 = await this.file.end();
    this.file = null; // it stays, whatever comes
    const { executions } = await verifyArchiveFile(this.path); // rule 1
    if (executions !== report.executions) throw new ArchiveRefused(`${this.path} does not hold every execution.`);
    await this.takeOut(fileSha256);
    return { ...report, file: this.path, fileSha256 };
  }

  async abandon(): Promise<void> {
    await this.file?.abandon();
  }

  private async opened(): Promise<ArchiveFile> {
    if (this.file) return this.file;
    const { folder, at, closedBefore } = this.options;
    mkdirSync(folder, { recursive: true });
    if (existsSync(this.path)) throw new ArchiveRefused(`${this.path} is there already. Try again in a moment.`);
    const header = { format: 'chatter-archive', version: 1, made_at: at, closed_before: closedBefore } as const;
    return (this.file = await ArchiveFile.create(this.path, header));
  }

  /** Rule 2. */
  private async takeOut(file_sha256: string): Promise<void> {
    const { store, at } = this.options;
    const archive = new ArchiveStream(store, archiveStream(at.slice(0, 7)), at);
    await archive.load();
    for (const batch of batchesOf(this.archivable)) {
      await archive.append(
        batch.map(({ tenant, archived }) => ({ tenant, data: { ...archived, file: this.name, file_sha256 } })),
      );
      const gone = batch.map(({ archived: { execution_id, events } }) =>
        store.tombstone(executionStream(execution_id), BigInt(events - 1)),
      );
      await Promise.all(gone);
    }
  }
}

/** A month's archive, as its only writer has it. */
class ArchiveStream {
  private revision = -1n;
  private prev: string;

  constructor(
    private readonly store: EventStore,
    private readonly stream: string,
    private readonly at: string,
  ) {
    this.prev = genesis(stream);
  }

  async load(): Promise<void> {
    for await (const last of this.store.readStream(this.stream, { direction: 'backwards', limit: 1 })) {
      this.revision = last.revision;
      this.prev = last.envelope.hash;
    }
  }

  async append(archived: readonly { readonly tenant: string; readonly data: ExecutionArchived }[]): Promise<void> {
    const expected = this.revision < 0n ? ('no_stream' as const) : this.revision;
    const events = archived.map(({ tenant, data }) => this.sealed(tenant, { type: 'ExecutionArchived', data }));
    await this.store.append(this.stream, expected, events);
  }

  private sealed(tenant: string, { type, data }: ArchiveEvent): NewEvent {
    this.revision += 1n;
    const { stream, revision, prev, at } = this;
    const ids = { id: uuidv7(), causationId: data.execution_id, correlationId: data.execution_id };
    const actor = { sub: 'operator', via: 'engine' } as const;
    const schema = schemaOf(type, eventSchemas);
    const event = seal({ stream, revision, prev, at, tenant, type, data, schema, actor, ...ids });
    this.prev = event.envelope.hash;
    return event;
  }
}

function* batchesOf(archivable: readonly Archivable[]): Iterable<readonly Archivable[]> {
  let batch: Archivable[] = [];
  let bytes = 0;
  for (const one of archivable) {
    const size = JSON.stringify(one.archived).length;
    if (batch.length > 0 && (batch.length >= executionsAtOnce || bytes + size > bytesAtOnce)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(one);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** What is listed of it, or why that cannot be told. */
function kept(history: Closed['history']): ExecutionArchived['payload'] | string {
  try {
    return rowsToKeep(history);
  } catch (error) {
    return (error as Error).message;
  }
}

type Earlier = Pick<ExecutionArchived, 'head' | 'file' | 'file_sha256'>;

/** What runs before this one have archived. */
class EarlierRuns {
  /** File and digest → whether it is there, as it was written. */
  private readonly files = new Map<string, Promise<boolean>>();

  constructor(
    private readonly folder: string,
    private readonly known: ReadonlyMap<string, Earlier>,
  ) {}

  async has({ id, head }: Closed): Promise<boolean> {
    const earlier = this.known.get(id);
    if (earlier?.head !== head) return false;
    const key = `${earlier.file_sha256} ${earlier.file}`;
    const isThere = this.files.get(key) ?? this.isThere(earlier);
    this.files.set(key, isThere);
    return isThere;
  }

  private async isThere({ file, file_sha256 }: Earlier): Promise<boolean> {
    const path = join(this.folder, basename(file));
    return existsSync(path) && (await sha256OfFile(path)) === file_sha256;
  }
}

/** Of those that are asked for. */
async function archivedBefore(store: EventStore, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, Earlier>> {
  const known = new Map<string, Earlier>();
  for await (const event of store.readAll({ categories: ['archive'], types: ['ExecutionArchived'] })) {
    const { execution_id, head, file, file_sha256 } = eventOf<ArchiveEvent>(event, eventSchemas).data;
    if (ids.has(execution_id)) known.set(execution_id, { head, file, file_sha256 });
  }
  return known;
}
