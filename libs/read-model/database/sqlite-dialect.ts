import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SqliteDialect, sql, type Expression, type RawBuilder } from 'kysely';

/** What differs between databases, and nothing else of the read model does. */
export interface SqlFlavour {
  /** The nth bound value, from 1. */
  placeholder(n: number): string;
  /** Whether a text contains another, letter by letter. */
  contains(column: Expression<string>, text: string): RawBuilder<boolean>;
  /** The items of the JSON lists in a column, each a row: these members of it, `item` as JSON text, and the row's id and tenant. */
  items(list: JsonLists): RawBuilder<unknown>;
}

export interface JsonLists {
  readonly table: string;
  readonly column: string;
  readonly members: readonly string[];
  /** What the row's id is called. */
  readonly rowId: string;
  readonly where: RawBuilder<boolean>;
}

export const sqlite: SqlFlavour = {
  placeholder: () => '?',
  contains: (column, text) => sql<boolean>`instr(${column}, ${text}) > 0`,
  items: ({ table, column, members, rowId, where }) => sql`(
    select ${sql.join(members.map((member) => sql`json_extract(each.value, ${sql.lit(`$.${member}`)}) as ${sql.ref(member)}`))},
      each.value as item, listed.id as ${sql.ref(rowId)}, listed.tenant as tenant
    from ${sql.table(table)} as listed, json_each(${sql.ref(`listed.${column}`)}) as each where ${where}
  ) as items`,
};

export interface SqliteFile {
  readonly path: string;
  /** `read` refuses every write on this connection. */
  readonly access: 'read' | 'write';
  /** Called for each statement that runs. */
  readonly counted: () => void;
}

/** SQLite as it comes with Node, for kysely and so for MikroORM: one connection, statements prepared once. */
export class NodeSqliteFile extends SqliteDialect {
  constructor(file: SqliteFile) {
    super({ database: async () => connect(file) });
  }
}

const BUSY_MS = 5_000;
const MOST_STATEMENTS = 200;

const connect = ({ path, access, counted }: SqliteFile) => {
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
