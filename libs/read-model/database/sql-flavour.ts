import { sql, type Expression, type RawBuilder } from 'kysely';

/** What differs between databases, and nothing else of the read model does. */
export interface SqlFlavour {
  /** The nth bound value, from 1. */
  placeholder(n: number): string;
  /** Whether a text contains another, letter by letter. */
  contains(column: Expression<string>, text: string): RawBuilder<boolean>;
  /** Whether a list of texts, kept as JSON text, has this one. */
  hasMember(column: Expression<string>, text: string): RawBuilder<boolean>;
  /** The items of the JSON lists in a column, each a row: these members of it, `item` as JSON text, and the row's id and tenant. */
  items(list: JsonLists): RawBuilder<unknown>;
  /** What a `create table` of the shared types is here. */
  ddl(text: string): string;
}

export interface JsonLists {
  readonly table: string;
  readonly column: string;
  readonly members: readonly string[];
  /** What the row's id is called. */
  readonly rowId: string;
  readonly where: RawBuilder<boolean>;
}

/** `elements`: the items of the column, as a table `each` with one column `value`; `member`: one of an item's members. */
const itemsOf = (
  { table, members, rowId, where }: JsonLists,
  elements: RawBuilder<unknown>,
  member: (name: string) => RawBuilder<unknown>,
): RawBuilder<unknown> => sql`(
    select ${sql.join(members.map((name) => sql`${member(name)} as ${sql.ref(name)}`))},
      each.value as item, listed.id as ${sql.ref(rowId)}, listed.tenant as tenant
    from ${sql.table(table)} as listed, ${elements} as each where ${where}
  ) as items`;

export const sqlite: SqlFlavour = {
  placeholder: () => '?',
  contains: (column, text) => sql<boolean>`instr(${column}, ${text}) > 0`,
  hasMember: (column, text) => sql<boolean>`exists (select 1 from json_each(${column}) where value = ${text})`,
  items: (list) =>
    itemsOf(
      list,
      sql`json_each(${sql.ref(`listed.${list.column}`)})`,
      (name) => sql`json_extract(each.value, ${sql.lit(`$.${name}`)})`,
    ),
  ddl: (text) => text,
};

/** Texts compare letter by letter, as in SQLite: a list has one order, whatever the server's language. */
export const postgres: SqlFlavour = {
  placeholder: (n) => `$${n}`,
  contains: (column, text) => sql<boolean>`strpos(${column}, ${text}) > 0`,
  hasMember: (column, text) =>
    sql<boolean>`exists (select 1 from json_array_elements_text(${column}::json) as member where member = ${text})`,
  items: (list) =>
    itemsOf(
      list,
      sql`lateral (select value::text as value from json_array_elements(${sql.ref(`listed.${list.column}`)}::json))`,
      (name) => sql`((each.value::json ->> ${sql.lit(name)}) collate "C")`,
    ),
  ddl: (text) => text.replace(/\btext\b/g, 'text collate "C"'),
};
