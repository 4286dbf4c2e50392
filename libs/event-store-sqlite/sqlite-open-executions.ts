import { OwnOpenExecutions, type OpenExecution } from '#event-store';
import type { LogReader } from './reader.js';
import type { OpenRow } from './writer-thread.js';
import type { Writer } from './writer.js';

export const asRow = ({ tenant, priority, status, dueAt }: OpenExecution): OpenRow => ({
  tenant,
  priority,
  status,
  dueAt,
});

export class SqliteOpenExecutions extends OwnOpenExecutions {
  private readonly page;
  private readonly dueRows;
  private readonly earliest;

  constructor(
    private readonly writer: Writer,
    reader: LogReader,
  ) {
    super();
    const rows = 'SELECT stream, tenant, priority, status, due_at AS dueAt FROM open_executions WHERE';
    this.page = reader.query<OpenExecution>(`${rows} stream > ? ORDER BY stream LIMIT ?`);
    this.dueRows = reader.query<OpenExecution>(`${rows} due_at <= ? ORDER BY due_at LIMIT ?`);
    this.earliest = reader.query<OpenExecution>(`${rows} due_at IS NOT NULL ORDER BY due_at LIMIT 1`);
  }

  async list({
    after = '',
    limit,
  }: {
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly OpenExecution[]> {
    return this.page(after, limit);
  }

  async due(at: number, limit: number): Promise<readonly OpenExecution[]> {
    return this.dueRows(at, limit);
  }

  async nextDue(): Promise<number | null> {
    return this.earliest()[0]?.dueAt ?? null;
  }

  async put(row: OpenExecution): Promise<void> {
    await this.writer.write({ type: 'open', stream: row.stream, row: asRow(row) });
  }
}
