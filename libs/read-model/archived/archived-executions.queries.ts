import type { ReadDatabase } from '../database/read-database.js';
import type { ArchivedExecutionRow } from './archived-execution.entity.js';

export type ArchivedExecution = Omit<ArchivedExecutionRow, 'tenant' | 'position'>;

/** Executions whose history is in a file, and no longer in the log. */
export class ArchivedExecutionQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Null: it is not archived, or not this tenant's. */
  async find(tenant: string, id: string): Promise<ArchivedExecution | null> {
    const found = await this.database.sql
      .selectFrom('archived_executions')
      .select(['id', 'file', 'file_sha256', 'head', 'events', 'archived_at'])
      .where('id', '=', id)
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return found ?? null;
  }
}
