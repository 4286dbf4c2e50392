import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export interface SqliteFile {
  readonly path: string;
  /** `read` refuses every write on this connection. */
  readonly access: 'read' | 'write';
}

const BUSY_MS = 5_000;
const MOST_STATEMENTS = 200;

/** SQLite as it comes with Node, as kysely asks for it: one connection, statements prepared once. `counted` is called for each that runs. */
export const connect = ({ path, access }: SqliteFile, counted: () => void = () => undefined) => {
  const db = new DatabaseSync(path, { timeout: BUSY_MS });
  // NORMAL: what a power cut takes from these tables is folded again from the log.
  db.exec(access === 'write' ? 'pragma journal_mode = wal; pragma synchronous = normal' : 'pragma query_only = on');
  const statements = new Map<string, ReturnType<typeof statement>>();
  return {
    prepare(text: string) {
      const known = statements.get(text);
      if (known) return known;
      if (statements.size >= MOST_STATEMENTS) statements.clear();
      const made = statement(db.prepare(text), counted);
      statements.set(text, made);
      return made;
    },
    close: () => db.close(),
  };
};

const statement = (prepared: StatementSync, counted: () => void) => {
  prepared.setReadBigInts(true);
  return {
    reader: prepared.columns().length > 0,
    all(values: readonly unknown[]): unknown[] {
      counted();
      return prepared.all(...(values as SQLInputValue[])).map(withNumbers);
    },
    run(values: readonly unknown[]) {
      counted();
      return prepared.run(...(values as SQLInputValue[]));
    },
    iterate(values: readonly unknown[]): IterableIterator<unknown> {
      counted();
      return prepared.iterate(...(values as SQLInputValue[]));
    },
  };
};

/** Numbers where they are exact, bigints beyond. */
const withNumbers = (row: Record<string, unknown>): Record<string, unknown> => {
  for (const column in row) {
    const value = row[column];
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) row[column] = Number(value);
  }
  return row;
};
