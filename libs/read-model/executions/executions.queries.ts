import { sql } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { before, equals, hasTag, mentions, since } from '../listing/conditions.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import type { ExecutionRow, ListedStatus } from './execution.entity.js';
import { executions } from './executions.projection.js';

/** One execution in a list. Money in nano-USD; ids are UUIDs without prefix. */
export type ListedExecution = Omit<ExecutionRow, 'tags' | 'search'> & { readonly tags: readonly string[] };

export type ExecutionSort = 'started_at' | 'duration_ms' | 'tokens' | 'cost';

/** What is asked for must all hold; what is left out does not matter. */
export interface ExecutionFilter extends PageOptions<ExecutionSort> {
  readonly tenant: string;
  readonly status?: ListedStatus;
  readonly workflow_type?: string;
  readonly definition_id?: string;
  readonly template_id?: string;
  readonly conversation_id?: string;
  readonly tag?: string;
  /** Inclusive. */
  readonly started_after?: string;
  /** Exclusive. */
  readonly started_before?: string;
  /** Looked for in the id, the names of definition and template, input, output (the first 1,000 characters of each) and the error; case does not matter. */
  readonly text?: string;
}

const listing: Listing<ExecutionSort> = {
  table: 'executions',
  columns: Object.keys(executions.table.columns).filter((column) => column !== 'search'),
  sorts: {
    started_at: { by: sql.ref('started_at'), type: 'string' },
    duration_ms: { by: sql`coalesce(duration_ms, -1)`, type: 'number' },
    tokens: { by: sql.ref('tokens'), type: 'number' },
    cost: { by: sql.ref('cost_nano'), type: 'number' },
  },
  defaultSort: '-started_at',
};

/** Executions as tables have them: what is asked about one execution only is read from its stream. */
export class ExecutionQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: ExecutionFilter): Promise<Page<ListedExecution>> {
    const { flavour } = this.database;
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      ...equals('status', filter.status),
      ...equals('workflow_type', filter.workflow_type),
      ...equals('definition_id', filter.definition_id),
      ...equals('template_id', filter.template_id),
      ...equals('conversation_id', filter.conversation_id),
      ...since('started_at', 'started_after', filter.started_after),
      ...before('started_at', 'started_before', filter.started_before),
      ...hasTag(flavour, filter.tag),
      ...mentions(flavour, filter.text),
    ];
    const page = await listPage<Omit<ExecutionRow, 'search'>, ExecutionSort>(
      this.database,
      listing,
      conditions,
      filter,
    );
    return { ...page, rows: page.rows.map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[] })) };
  }
}
