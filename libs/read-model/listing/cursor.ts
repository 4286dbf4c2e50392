import { QueryRefused } from './query-refusal.js';

/** Where a page ended: the sort it was in, and the place of its last row. */
export interface Cursor {
  readonly sort: string;
  readonly key: string | number;
  readonly id: string;
}

const LONGEST = 2_048;

export const writeCursor = ({ sort, key, id }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');

/** Refuses, with `invalid_cursor`, what is no cursor of a list in this sort order. */
export const readCursor = (text: string, sort: string, keyType: 'string' | 'number'): Cursor => {
  const [of, key, id, ...rest] = parsed(text);
  if (of !== sort || typeof key !== keyType || typeof id !== 'string' || rest.length > 0) throw invalid();
  if (`${key}${id}`.includes('\0') || (typeof key === 'number' && !Number.isSafeInteger(key))) throw invalid();
  return { sort, key: key as string | number, id };
};

const parsed = (text: string): unknown[] => {
  try {
    if (text.length > LONGEST) throw invalid();
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    throw invalid();
  }
};

const invalid = (): QueryRefused =>
  new QueryRefused(
    'invalid_cursor',
    'This cursor does not belong to this list in this order. Take `next_cursor` of the page before, with the same `sort`; or leave `cursor` out to begin again.',
  );
