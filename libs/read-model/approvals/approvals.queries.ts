import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { equals } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { Approval, ApprovalStatus } from './approval.entity.js';

/** One approval in a list. Ids are UUIDs without prefix. */
export type ListedApproval = Approval & { readonly execution_id: string };

export interface ApprovalFilter extends PageOptions<'requested_at'> {
  readonly tenant: string;
  readonly status?: ApprovalStatus;
  readonly execution_id?: string;
  /** Those that one of these names may decide. */
  readonly assignees?: readonly string[];
}

interface ItemRow {
  readonly item: string;
  readonly execution_id: string;
}

const listing: Listing<'requested_at'> = {
  table: 'approvals',
  columns: ['item', 'execution_id'],
  sorts: { requested_at: { by: sql.ref('requested_at'), type: 'string' } },
  defaultSort: '-requested_at',
};

/** Approvals of all executions, one by one. */
export class ApprovalQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: ApprovalFilter): Promise<Page<ListedApproval>> {
    const { flavour } = this.database;
    const where = filter.status === 'pending' ? sql<boolean>`pending > 0` : sql<boolean>`1 = 1`;
    const members = ['id', 'status', 'requested_at', 'assignees'];
    const from = flavour.items({ table: 'approvals', column: 'items', members, rowId: 'execution_id', where });
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      ...equals('status', filter.status),
      ...equals('execution_id', filter.execution_id),
      ...(filter.assignees ? [mayDecide(this.database, filter.assignees)] : []),
    ];
    const page = await listPage<ItemRow, 'requested_at'>(this.database, { ...listing, from }, conditions, filter);
    return {
      ...page,
      rows: page.rows.map(({ item, execution_id }) => ({ ...(JSON.parse(item) as Approval), execution_id })),
    };
  }
}

const mayDecide = ({ flavour }: ReadDatabase, names: readonly string[]) =>
  sql<boolean>`(${sql.join(
    [
      sql<boolean>`assignees = '[]'`,
      ...names.map((name) => flavour.contains(sql.ref<string>('assignees'), JSON.stringify(name))),
    ],
    sql` or `,
  )})`;
