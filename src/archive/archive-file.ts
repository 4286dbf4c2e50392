import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { RecordedEvent } from '#event-store';
import {
  toLine,
  type ArchivedHistory,
  type ArchivedPayload,
  type ArchiveHeader,
  type ArchiveLine,
} from './archive-format.js';

/** One history, with all that its events refer to. */
export interface HistoryToArchive extends ArchivedHistory {
  readonly history: readonly RecordedEvent[];
  readonly payloads: readonly { readonly sha256: string; readonly bytes: Uint8Array }[];
}

/** Writes a file of archived executions. It has its name only once it is whole, and on the disk. */
export class ArchiveFile {
  private readonly digest = createHash('sha256');
  private readonly gzip = createGzip();
  private readonly written: Promise<void>;
  private readonly counts = { executions: 0, events: 0, payloads: 0 };
  private readonly held = new Set<string>();

  private constructor(private readonly file: string) {
    this.written = pipeline(this.gzip, createWriteStream(partOf(file), { flags: 'wx', mode: 0o600, flush: true }));
    this.written.catch(() => this.gzip.destroy()); // whoever writes next is told
  }

  static async create(file: string, header: ArchiveHeader): Promise<ArchiveFile> {
    const made = new ArchiveFile(file);
    await made.write({ archive: header });
    return made;
  }

  async add({ history, payloads, ...execution }: HistoryToArchive): Promise<void> {
    await this.write({ execution });
    for (const { sha256, bytes } of payloads) await this.addPayload(execution.tenant, sha256, bytes);
    for (const event of history) await this.write({ event: toLine(event) });
    this.counts.executions += 1;
    this.counts.events += history.length;
  }

  /** Answers with the SHA-256 of the file. */
  async end(): Promise<string> {
    await this.write({ end: { ...this.counts, sha256: this.digest.copy().digest('hex') } });
    this.gzip.end();
    await this.written;
    await rename(partOf(this.file), this.file);
    const folder = await open(dirname(this.file), 'r');
    await folder.sync().finally(() => folder.close());
    return sha256OfFile(this.file);
  }

  /** There is no file. */
  async abandon(): Promise<void> {
    this.gzip.destroy();
    await this.written.catch(() => undefined);
    await rm(partOf(this.file), { force: true });
  }

  private async addPayload(tenant: string, sha256: string, bytes: Uint8Array): Promise<void> {
    const key = `${sha256}/${tenant}`;
    if (this.held.has(key)) return;
    this.held.add(key);
    this.counts.payloads += 1;
    const payload: ArchivedPayload = { tenant, sha256, base64: Buffer.from(bytes).toString('base64') };
    await this.write({ payload });
  }

  private async write(line: ArchiveLine): Promise<void> {
    const text = `${JSON.stringify(line)}\n`;
    this.digest.update(text);
    if (this.gzip.destroyed) await this.written;
    if (!this.gzip.write(text)) await Promise.race([once(this.gzip, 'drain'), this.written]);
  }
}

const partOf = (file: string): string => `${file}.part`;

export async function sha256OfFile(file: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}
