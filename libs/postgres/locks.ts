import { createHash } from 'node:crypto';
import pg from 'pg';

/** The number by which PostgreSQL knows a lock of this name. */
const keyOf = (name: string): string => createHash('sha256').update(name).digest().readBigInt64BE().toString();

/** Does something while no other process does: the lock ends with its connection, however that ends. */
export async function holding<T>(url: string, name: string, work: () => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [keyOf(name)]);
    return await work();
  } finally {
    await client.end().catch(() => undefined);
  }
}

const connectMs = 10_000;
const answerMs = 5_000;

/** Who has the lock says so this often; who has not for so long is frozen, or cut off, and its connection is ended. */
const heartbeatMs = 1_000;
const silentMs = 5_000;

/**
 * A lock that one of several processes has at a time, for as long as it gives a sign of life on its connection. Who does not have
 * it asks now and then; who has it learns that it is lost when the connection is.
 */
export class PostgresTurn {
  private client: pg.Client | null = null;
  private held = false;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  /** Whether it is this one's turn. Rejects where the database does not answer. */
  async isMine(): Promise<boolean> {
    if (this.held) return true;
    const client = (this.client ??= await this.connect());
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [
      keyOf(this.name),
    ]);
    this.held = rows[0]!.mine && this.client === client;
    if (this.held) this.beat(client);
    else await client.query(endTheSilent, [keyOf(this.name), silentMs]);
    return this.held;
  }

  /** Leaves it to another one. It may come back. */
  async close(): Promise<void> {
    const client = this.client;
    this.lose(client);
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: connectMs,
      query_timeout: answerMs,
      application_name: this.name,
      keepAlive: true,
    });
    const lost = () => this.lose(client);
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return client;
  }

  private beat(client: pg.Client): void {
    this.heartbeat = setInterval(() => {
      client.query('select 1').catch(() => void client.end().catch(() => undefined));
    }, heartbeatMs).unref();
  }

  private lose(client: pg.Client | null): void {
    if (this.client !== client) return;
    clearInterval(this.heartbeat);
    this.client = null;
    this.held = false;
  }
}

/** Its lock is free in the moment in which its connection ends. */
const endTheSilent = `select pg_terminate_backend(locks.pid) from pg_locks as locks join pg_stat_activity as holder using (pid)
  where locks.locktype = 'advisory' and locks.granted and locks.objsubid = 1
    and locks.database = (select oid from pg_database where datname = current_database())
    and (locks.classid::bigint << 32 | locks.objid::bigint) = $1::bigint
    and holder.state_change < clock_timestamp() - $2 * interval '1 ms'`;
