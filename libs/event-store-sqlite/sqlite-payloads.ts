import { hash } from 'node:crypto';
import { maxPayloadBytes, PayloadStore, PayloadTooLarge, type IdlePage, type PayloadAddress } from '#event-store';
import type { LogReader } from './reader.js';
import type { Writer } from './writer.js';

/** Of what an earlier version has put nobody knows when that was: long ago. */
const idle = `SELECT p.tenant, p.sha256 FROM payloads p
  LEFT JOIN payload_puts u ON u.tenant = p.tenant AND u.sha256 = p.sha256
  WHERE (p.tenant, p.sha256) > (?, ?) AND coalesce(u.put_at, 0) <= ? ORDER BY p.tenant, p.sha256 LIMIT ?`;

/** Values beside the log, in its commits: a value that is put before an append shares the commit of that append. */
export class SqlitePayloads extends PayloadStore {
  private readonly read;
  private readonly readIdle;

  constructor(
    private readonly writer: Writer,
    reader: LogReader,
  ) {
    super();
    this.read = reader.query<{ readonly bytes: Uint8Array }>(
      'SELECT bytes FROM payloads WHERE tenant = ? AND sha256 = ?',
    );
    this.readIdle = reader.query<PayloadAddress>(idle);
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

  async idle({ idleMs, after, limit }: IdlePage): Promise<readonly PayloadAddress[]> {
    return this.readIdle(after?.tenant ?? '', after?.sha256 ?? '', Date.now() - idleMs, limit);
  }

  async remove({ tenant, sha256 }: PayloadAddress, idleMs: number): Promise<number | null> {
    const before = Date.now() - idleMs;
    const answer = await this.writer.write({ type: 'removePayload', tenant, sha256, before });
    return answer.type === 'removed' ? answer.size : null;
  }
}
