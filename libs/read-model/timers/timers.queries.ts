import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { before, equals, since } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { Timer } from './timer.entity.js';

/** One timer in a list. */
export type ListedTimer = Timer & {
  /** UUID without prefix. */
  readonly execution_id: string;
};

export interface TimerFilter extends PageOptions<'due_at'> {
  readonly tenant: string;
  readonly execution_id?: string;
  readonly due_after?: string;
  readonly due_before?: string;
}

interface ItemRow {
  readonly item: string;
  readonly execution_id: string;
}

const listing: Listing<'due_at'> = {
  table: 'timers',
  columns: ['item', 'execution_id'],
  sorts: { due_at: { by: sql.ref('due_at'), type: 'string' } },
  defaultSort: 'due_at',
};

/** Timers of all executions, one by one. */
export class TimerQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The first due first unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: TimerFilter): Promise<Page<ListedTimer>> {
    const from = this.database.flavour.items({
      table: 'timers',
      column: 'items',
      members: ['id', 'due_at'],
      rowId: 'execution_id',
      where: sql<boolean>`next_due is not null`,
    });
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      ...equals('execution_id', filter.execution_id),
      ...since('due_at', 'due_after', filter.due_after),
      ...before('due_at', 'due_before', filter.due_before),
    ];
    const page = await listPage<ItemRow, 'due_at'>(this.database, { ...listing, from }, conditions, filter);
    const listed = ({ item, execution_id }: ItemRow) => ({ ...(JSON.parse(item) as Timer), execution_id });
    return { ...page, rows: page.rows.map(listed) };
  }
}
