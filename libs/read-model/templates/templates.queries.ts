import { sql, type RawBuilder } from 'kysely';
import type { ReadDatabase } from '../database/read-database.js';
import { equals, hasTag, mentions } from '../listing/conditions.js';
import { namesIn } from '../listing/names.js';
import { listPage, type Listing, type Page, type PageOptions } from '../listing/listing.js';
import { searchText } from '../search-text.js';
import type { TemplateRow } from './template.entity.js';
import { templates } from './templates.projection.js';

/** One template in a list; ids are UUIDs without prefix. */
export type ListedTemplate = Omit<TemplateRow, 'tags' | 'is_public' | 'deleted' | 'search'> & {
  readonly tags: readonly string[];
  readonly is_public: boolean;
};

export type TemplateSort = 'updated_at' | 'created_at' | 'name';

export interface TemplateFilter extends PageOptions<TemplateSort> {
  readonly tenant: string;
  /** Who asks: sees what is their own, and what is public. */
  readonly subject: string;
  readonly category?: string;
  readonly tag?: string;
  /** Looked for in id, name, description and category; case does not matter. */
  readonly text?: string;
  readonly is_public?: boolean;
}

/** A template that is there without being in the log: listed among the others, of every tenant. */
export type BuiltInRow = Omit<ListedTemplate, 'tenant' | 'position'>;

type SelectedTemplate = Omit<TemplateRow, 'deleted' | 'search'>;

const listing: Listing<TemplateSort> = {
  table: 'templates',
  columns: Object.keys(templates.table.columns).filter((column) => column !== 'search' && column !== 'deleted'),
  sorts: {
    updated_at: { by: sql.ref('updated_at'), type: 'string' },
    created_at: { by: sql.ref('created_at'), type: 'string' },
    name: { by: sql.ref('name'), type: 'string' },
  },
  defaultSort: '-updated_at',
};

/** Templates that have not been deleted, and those that are built in. */
export class TemplateQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The one changed last first, unless asked otherwise. Throws `QueryRefused`. */
  async list(filter: TemplateFilter, builtIn: readonly BuiltInRow[]): Promise<Page<ListedTemplate>> {
    const { flavour } = this.database;
    const conditions = [
      sql<boolean>`tenant = ${filter.tenant}`,
      ...visible(filter.subject),
      ...equals('category', filter.category),
      ...equals('is_public', filter.is_public === undefined ? undefined : filter.is_public ? 1 : 0),
      ...hasTag(flavour, filter.tag),
      ...mentions(flavour, filter.text),
    ];
    const from = among(filter.tenant, builtIn);
    const page = await listPage<SelectedTemplate, TemplateSort>(
      this.database,
      { ...listing, from },
      conditions,
      filter,
    );
    return { ...page, rows: page.rows.map(listed) };
  }

  /** What templates are called, deleted ones too, by their ids. Built-in ones are not among them. */
  names(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return namesIn(this.database, 'templates', tenant, ids);
  }

  /** Those of this name that the subject sees; the oldest first. Built-in ones are not among them. */
  async named(tenant: string, subject: string, name: string): Promise<readonly ListedTemplate[]> {
    const columns = sql.join(listing.columns.map((column) => sql.ref(column)));
    const conditions = [sql<boolean>`tenant = ${tenant}`, sql<boolean>`name = ${name}`, ...visible(subject)];
    const { rows } = await sql<SelectedTemplate>`
      select ${columns} from templates where ${sql.join(conditions, sql` and `)}
      order by created_at, id`.execute(this.database.sql);
    return rows.map(listed);
  }
}

const visible = (subject: string): RawBuilder<boolean>[] => [
  sql<boolean>`deleted = 0`,
  sql<boolean>`(owner_id = ${subject} or is_public = 1)`,
];

/** The table, and behind it a row for each built-in template. */
function among(tenant: string, builtIn: readonly BuiltInRow[]): RawBuilder<unknown> {
  const columns = Object.keys(templates.table.columns);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const rows = builtIn.map((row) => {
    const whole = asRow(row, tenant);
    return sql` union all select ${sql.join(columns.map((column) => whole[column as keyof TemplateRow]))}`;
  });
  return sql`(select ${names} from templates${sql.join(rows, sql``)}) as templates`;
}

const asRow = ({ tags, is_public, ...row }: BuiltInRow, tenant: string): TemplateRow => ({
  ...row,
  tenant,
  tags: JSON.stringify(tags),
  is_public: is_public ? 1 : 0,
  deleted: 0,
  search: searchText(row.id, row.name, row.description, row.category),
  position: '',
});

const listed = (row: SelectedTemplate): ListedTemplate => ({
  ...row,
  tags: JSON.parse(row.tags) as string[],
  is_public: row.is_public === 1,
});
