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

/**
 * A lock that one of several processes has at a time, for as long as its connection lasts. Who does not have it asks now
 * and then; who has it learns that it is lost when the connection is.
 */
export class PostgresTurn {
  private client: pg.Client | null = null;
  private held = false;

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
    return (this.held = rows[0]!.mine && this.client === client);
  }

  async close(): Promise<void> {
    const client = this.client;
    this.lose(client);
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: connectMs,
      application_name: this.name,
      keepAlive: true,
    });
    const lost = () => this.lose(client);
    client.on('error', lost);
    client.on('end', lost);
    await client.connect();
    return client;
  }

  private lose(client: pg.Client | null): void {
    if (this.client !== client) return;
    this.client = null;
    this.held = false;
  }
}
