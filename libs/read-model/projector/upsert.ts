import type { SqlFlavour } from '../database/sql-flavour.js';
import type { Cell, Row, TableShape } from '../projection.js';

export interface Upsert {
  readonly text: string;
  readonly values: Cell[];
}

// Few sizes, so that few statements are prepared; the largest stays far below the bound values a statement may have.
const SIZES = [64, 8, 1];

/** Many rows in few statements, each written whole: an upsert, so that a replay ends in the same rows. */
export const upsert = (table: string, shape: TableShape, rows: readonly Row[], flavour: SqlFlavour): Upsert[] => {
  const columns = Object.keys(shape.columns);
  const upserts: Upsert[] = [];
  let at = 0;
  for (const size of SIZES) {
    for (; rows.length - at >= size; at += size) {
      const values: Cell[] = [];
      for (const row of rows.slice(at, at + size)) for (const column of columns) values.push(row[column] ?? null);
      upserts.push({ text: textOf(table, columns, size, flavour), values });
    }
  }
  return upserts;
};

const textOf = (table: string, columns: readonly string[], size: number, flavour: SqlFlavour): string => {
  const row = (first: number) => `(${columns.map((_, column) => flavour.placeholder(first + column + 1)).join(', ')})`;
  const rows = Array.from({ length: size }, (_, index) => row(index * columns.length)).join(', ');
  const changed = columns.filter((column) => column !== 'id').map((column) => `${column} = excluded.${column}`);
  return `insert into ${table} (${columns.join(', ')}) values ${rows} on conflict (id) do update set ${changed.join(', ')}`;
};
