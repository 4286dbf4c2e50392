const LONGEST = 1_000;

/** What a list shows of a text that may be long, or kept elsewhere: its first 1,000 characters; null where it is no text. */
export const shortText = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, LONGEST).toWellFormed() : null;

/** What a search for text looks into: lower case by Unicode's rules, since databases disagree about them. */
export const searchText = (...parts: readonly (string | null | undefined)[]): string =>
  parts
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join('\n')
    .toLowerCase();
