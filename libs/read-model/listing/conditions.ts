import { sql, type RawBuilder } from 'kysely';
import type { SqlFlavour } from '../database/sql-flavour.js';
import { QueryRefused } from './query-refusal.js';

type Condition = RawBuilder<boolean>;

/** A column that has this very value; what is not asked for is no condition. */
export const equals = (column: string, value: string | number | null | undefined): Condition[] =>
  value === undefined || value === null ? [] : [sql<boolean>`${sql.ref(column)} = ${scalar(column, value)}`];

/** A list kept as JSON text that has this member. */
export const hasTag = (flavour: SqlFlavour, tag: string | undefined): Condition[] =>
  tag === undefined ? [] : [flavour.hasMember(sql.ref<string>('tags'), scalar('tag', tag))];

/** A row whose searchable text has these letters somewhere, whatever their case. */
export const mentions = (flavour: SqlFlavour, text: string | undefined): Condition[] =>
  text === undefined || text === ''
    ? []
    : [flavour.contains(sql.ref<string>('search'), String(scalar('text', text)).toLowerCase())];

/** A moment at or after the one given; any form that a `Date` understands. */
export const since = (column: string, name: string, moment: string | undefined): Condition[] =>
  moment === undefined ? [] : [sql<boolean>`${sql.ref(column)} >= ${instant(name, moment)}`];

/** A moment before the one given. */
export const before = (column: string, name: string, moment: string | undefined): Condition[] =>
  moment === undefined ? [] : [sql<boolean>`${sql.ref(column)} < ${instant(name, moment)}`];

/** Nothing but a text or a number reaches the database, whatever the types were told. */
const scalar = <V extends string | number>(name: string, value: V): V => {
  if (typeof value === 'string' && value.includes('\0'))
    throw new QueryRefused('invalid_query', `"${name}" cannot hold the letter U+0000.`);
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new QueryRefused('invalid_query', `"${name}" must be a single value.`);
};

const instant = (name: string, moment: string): string => {
  const at = new Date(scalar(name, moment));
  const isOneMoment = /(Z|[+-]\d\d:?\d\d)$/i.test(moment) || /^\d{4}-\d\d-\d\d$/.test(moment); // a day is one in UTC
  if (isOneMoment && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new QueryRefused('invalid_query', `"${name}" must be a moment like 2026-01-31T12:00:00.000Z, or a day.`);
};
