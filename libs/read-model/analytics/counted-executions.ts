import { setImmediate } from 'node:timers/promises';
import { sql, type RawBuilder } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import type { ExecutionCostsRow } from './execution-costs.entity.js';

/** Which executions are counted: those that were accepted in this time, of this tenant. */
export interface CountedScope {
  readonly tenant: string;
  readonly definitionId?: string;
  readonly templateId?: string;
  /** RFC 3339, UTC, ms; inclusive. */
  readonly since?: string;
  /** Exclusive. */
  readonly before?: string;
}

export type CountedColumn = Exclude<keyof ExecutionCostsRow, 'tenant' | 'open' | 'position'>;

/** Rows that are held at once. */
const PAGE = 1_000;

const numbers = new Set<string>([
  'duration_ms',
  'prompt_tokens',
  'completion_tokens',
  'cost_nano',
  'own_tokens',
  'own_cost_nano',
] satisfies CountedColumn[]);

/**
 * The executions in the order in which they were accepted, a page at a time along an index; others get their turn between
 * pages.
 */
export async function* countedExecutions<C extends CountedColumn>(
  { sql: database }: ReadDatabase,
  scope: CountedScope,
  columns: readonly C[],
): AsyncGenerator<Pick<ExecutionCostsRow, C | 'id' | 'started_at'>> {
  for (let after: { readonly started_at: string; readonly id: string } | null = null; ; await setImmediate()) {
    const found: { readonly rows: ExecutionCostsRow[] } = await pageAfter(after, scope, columns).execute(database);
    for (const row of found.rows) yield plain(row);
    if (found.rows.length < PAGE) return;
    after = found.rows.at(-1)!;
  }
}

/** One page, as it is asked for. */
export function pageAfter(
  after: { readonly started_at: string; readonly id: string } | null,
  { tenant, definitionId, templateId, since, before }: CountedScope,
  columns: readonly CountedColumn[],
): RawBuilder<ExecutionCostsRow> {
  const conditions = [
    sql<boolean>`tenant = ${tenant}`,
    ...(definitionId === undefined ? [] : [sql<boolean>`definition_id = ${definitionId}`]),
    ...(templateId === undefined ? [] : [sql<boolean>`template_id = ${templateId}`]),
    ...(since === undefined ? [] : [sql<boolean>`started_at >= ${since}`]),
    ...(before === undefined ? [] : [sql<boolean>`started_at < ${before}`]),
    ...(after === null ? [] : [sql<boolean>`(started_at, id) > (${after.started_at}, ${after.id})`]),
  ];
  const wanted = [...new Set(['id', 'started_at', ...columns])];
  return sql<ExecutionCostsRow>`
    select ${sql.join(wanted.map((column) => sql.ref(column)))} from execution_costs
    where ${sql.join(conditions, sql` and `)} order by started_at, id limit ${PAGE}`;
}

/** PostgreSQL gives large numbers as texts. */
const plain = (row: ExecutionCostsRow): ExecutionCostsRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, cell]) => [column, numbers.has(column) && cell !== null ? Number(cell) : cell]),
  ) as unknown as ExecutionCostsRow;
