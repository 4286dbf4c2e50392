import { hash } from 'node:crypto';
import { maxPayloadBytes, PayloadStore, PayloadTooLarge, type IdlePage, type PayloadAddress } from '#event-store';
import type { SharedDatabase } from './shared-database.js';

const ago = (ms: string) => `now() - ${ms}::float8 * interval '1 millisecond'`;

/** Values that are too large for an event, by tenant and content. */
export class PostgresPayloads extends PayloadStore {
  constructor(private readonly database: SharedDatabase) {
    super();
  }

  async put(tenant: string, bytes: Uint8Array): Promise<{ readonly sha256: string; readonly size: number }> {
    const size = bytes.length;
    if (size > maxPayloadBytes) throw new PayloadTooLarge(size, maxPayloadBytes);
    const sha256 = hash('sha256', bytes, 'hex');
    const values = [tenant, sha256, size, Buffer.from(bytes)];
    await this.database.rows(
      `insert into chatter_cluster.payloads (tenant, sha256, size, bytes) values ($1, $2, $3, $4)
       on conflict (tenant, sha256) do update set put_at = now()`,
      values,
    );
    return { sha256, size };
  }

  async get(tenant: string, sha256: string): Promise<Uint8Array | null> {
    const rows = await this.database.rows<{ bytes: Buffer }>(
      'select bytes from chatter_cluster.payloads where tenant = $1 and sha256 = $2',
      [tenant, sha256],
    );
    return rows[0] ? new Uint8Array(rows[0].bytes) : null;
  }

  idle({ idleMs, after, limit }: IdlePage): Promise<readonly PayloadAddress[]> {
    return this.database.rows<PayloadAddress>(
      `select tenant, sha256 from chatter_cluster.payloads
       where (tenant, sha256) > ($1, $2) and put_at <= ${ago('$3')} order by tenant, sha256 limit $4`,
      [after?.tenant ?? '', after?.sha256 ?? '', idleMs, limit],
    );
  }

  async remove({ tenant, sha256 }: PayloadAddress, idleMs: number): Promise<number | null> {
    const rows = await this.database.rows<{ size: number }>(
      `delete from chatter_cluster.payloads
       where tenant = $1 and sha256 = $2 and put_at <= ${ago('$3')} returning size`,
      [tenant, sha256, idleMs],
    );
    return rows[0]?.size ?? null;
  }
}
