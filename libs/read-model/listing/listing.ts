import { sql, type RawBuilder } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { readCursor, writeCursor } from './cursor.js';
import { QueryRefused } from './query-refusal.js';

/** One page of a list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** Exact to 10,000, then null. */
  readonly total_count: number | null;
  /** Of the next page; null: this is the last. */
  readonly next_cursor: string | null;
}

export interface PageOptions<S extends string> {
  /** A `-` before it: from the greatest. */
  readonly sort?: S | `-${S}`;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** `next_cursor` of the page before, in the same order. */
  readonly cursor?: string | null;
}

/** What a list may be sorted by: an expression that is never null. The id breaks ties. */
export interface SortKey {
  readonly by: RawBuilder<unknown>;
  readonly type: 'string' | 'number';
}

export interface Listing<S extends string> {
  readonly table: string;
  /** What is listed, where that is not the rows of the table. */
  readonly from?: RawBuilder<unknown>;
  readonly columns: readonly string[];
  readonly sorts: Readonly<Record<S, SortKey>>;
  readonly defaultSort: S | `-${S}`;
}

type Keyed<R> = R & { readonly id: string; readonly sort_key: string | number };

const DEFAULT_LIMIT = 50;
const MOST_ROWS = 200;
const MOST_COUNTED = 10_000;

/** A page of the rows that fulfil all `conditions`: by keyset, so that a page deep down costs what the first one does. */
export const listPage = async <R, S extends string>(
  database: ReadDatabase,
  listing: Listing<S>,
  conditions: readonly RawBuilder<boolean>[],
  options: PageOptions<S>,
): Promise<Page<R>> => {
  const limit = checkedLimit(options.limit);
  const { sort, key, descending } = checkedSort(listing, options.sort ?? listing.defaultSort);
  const direction = descending ? sql`desc` : sql`asc`;
  const after = options.cursor ? [beyond(readCursor(options.cursor, sort, key.type), key, descending)] : [];

  const found = await sql<Keyed<R>>`
    select ${sql.join(shown(listing).map((column) => sql.ref(column)))}, ${key.by} as sort_key
    from ${source(listing)} where ${all([...conditions, ...after])}
    order by ${key.by} ${direction}, id ${direction} limit ${limit + 1}`.execute(database.sql);
  const rows = found.rows.slice(0, limit);
  const last = found.rows.length > limit ? rows.at(-1) : undefined;
  return {
    rows: rows.map(({ sort_key: _, ...row }) => row as R),
    total_count: await counted(database, source(listing), conditions),
    next_cursor: last ? writeCursor({ sort, key: last.sort_key, id: last.id }) : null,
  };
};

/** A page goes on behind an id, whether it is listed or not. */
const shown = ({ columns }: Pick<Listing<string>, 'columns'>): string[] => [...new Set(['id', ...columns])];

const source = ({ from, table }: Pick<Listing<string>, 'from' | 'table'>): RawBuilder<unknown> =>
  from ?? sql.table(table);

const counted = async (
  database: ReadDatabase,
  table: RawBuilder<unknown>,
  conditions: readonly RawBuilder<boolean>[],
) => {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from (
      select 1 from ${table} where ${all(conditions)} limit ${MOST_COUNTED + 1}
    ) as counted`.execute(database.sql);
  const n = Number(rows[0]?.n);
  return n > MOST_COUNTED ? null : n;
};

const all = (conditions: readonly RawBuilder<boolean>[]) =>
  conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `);

const beyond = ({ key, id }: { key: string | number; id: string }, { by }: SortKey, descending: boolean) =>
  descending ? sql<boolean>`(${by}, id) < (${key}, ${id})` : sql<boolean>`(${by}, id) > (${key}, ${id})`;

const checkedSort = <S extends string>({ sorts }: Listing<S>, sort: string) => {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  if (!Object.hasOwn(sorts, name)) {
    const known = Object.keys(sorts).join(', ');
    throw new QueryRefused('invalid_query', `There is no sort "${sort}". Sort by ${known}; a "-" before it reverses.`);
  }
  return { sort, key: sorts[name as S], descending };
};

const checkedLimit = (limit = DEFAULT_LIMIT): number => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ROWS) return limit;
  throw new QueryRefused('invalid_query', `A page has 1 to ${MOST_ROWS} rows: "limit" cannot be ${limit}.`);
};
