import { hash } from 'node:crypto';
import { maxPayloadBytes, PayloadStore, PayloadTooLarge } from '#event-store';
import type { LogReader } from './reader.js';
import type { Writer } from './writer.js';

/** Values beside the log, in its commits: a value that is put before an append shares the commit of that append. */
export class SqlitePayloads extends PayloadStore {
  private readonly read;

  constructor(
    private readonly writer: Writer,
    reader: LogReader,
  ) {
    super();
    this.read = reader.query<{ readonly bytes: Uint8Array }>(
      'SELECT bytes FROM payloads WHERE tenant = ? AND sha256 = ?',
    );
  }

  async put(tenant: string, bytes: Uint8Array): Promise<{ sha256: string; size: number }> {
    if (bytes.length > maxPayloadBytes) throw new PayloadTooLarge(bytes.length, maxPayloadBytes);
    const kept = new Uint8Array(bytes); // what is hashed is what is written, and not the pool that it may be a slice of
    const sha256 = hash('sha256', kept, 'hex');
    await this.writer.write({ type: 'payload', tenant, sha256, bytes: kept });
    return { sha256, size: kept.length };
  }

  async get(tenant: string, sha256: string): Promise<Uint8Array | null> {
    return this.read(tenant, sha256)[0]?.bytes ?? null;
  }
}
