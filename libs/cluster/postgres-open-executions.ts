import { OpenExecutions, type OpenExecution, type RecordedOpenChange } from '#event-store';
import type { SharedDatabase } from './shared-database.js';

/** A row as the others see it. */
export const columns = 'stream, tenant, priority, status, due_at as "dueAt", driver';

/** The executions that are not over, in the table that all processes share. */
export class PostgresOpenExecutions extends OpenExecutions {
  constructor(private readonly database: SharedDatabase) {
    super();
  }

  list({ after = '', limit }: { readonly after?: string; readonly limit: number }): Promise<readonly OpenExecution[]> {
    return this.database.rows<OpenExecution>(
      `select ${columns} from chatter_cluster.open_executions where stream > $1 order by stream limit $2`,
      [after, limit],
    );
  }

  due(at: number, limit: number): Promise<readonly OpenExecution[]> {
    return this.database.rows<OpenExecution>(
      `select ${columns} from chatter_cluster.open_executions where due_at <= $1 order by due_at limit $2`,
      [at, limit],
    );
  }

  async nextDue(): Promise<number | null> {
    const rows = await this.database.rows<{ due: number | null }>(
      'select min(due_at) as due from chatter_cluster.open_executions',
    );
    return rows[0]!.due;
  }

  /**
   * What the log tells, and how far it was read, in one transaction.
   *
   * 1. What is older than the row changes nothing.
   * 2. A driver that has seen more than this change, when it claimed the execution, stays its driver.
   */
  async take(changes: readonly RecordedOpenChange[], position: string): Promise<void> {
    const newest = [...new Map(changes.map((change) => [change.stream, change])).values()];
    const closed = newest.filter(({ open }) => open === 'closed').map(({ stream }) => stream);
    const rows = newest.flatMap(({ open, revision }) => (open === 'closed' ? [] : [{ ...open.row, revision }]));
    await this.database.transaction(async (ask) => {
      await ask('update chatter_cluster.follower set position = $1 where position < $1', [position]);
      if (closed.length > 0) await ask('delete from chatter_cluster.open_executions where stream = any($1)', [closed]);
      if (rows.length > 0)
        await ask(
          `insert into chatter_cluster.open_executions as known
             (stream, tenant, priority, status, due_at, driver, revision)
           select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
           on conflict (stream) do update set tenant = excluded.tenant, priority = excluded.priority,
             status = excluded.status, due_at = excluded.due_at, revision = excluded.revision,
             driver = case when known.claimed_revision >= excluded.revision then known.driver else excluded.driver end
           where known.revision < excluded.revision`,
          [
            rows.map(({ stream }) => stream),
            rows.map(({ tenant }) => tenant),
            rows.map(({ priority }) => priority),
            rows.map(({ status }) => status),
            rows.map(({ dueAt }) => dueAt),
            rows.map(({ driver }) => driver ?? null),
            rows.map(({ revision }) => String(revision)),
          ],
        );
    });
  }

  /** How far the log has been taken in; empty: nothing of it. */
  async position(): Promise<string> {
    const rows = await this.database.rows<{ position: string }>('select position from chatter_cluster.follower');
    return rows[0]!.position;
  }
}
