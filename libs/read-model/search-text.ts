import { isClaimCheck } from '#event-store';

const LONGEST = 1_000;

/** What a list shows of a text that may be long, or kept elsewhere: its first 1,000 characters; null where it is no text. */
export const shortText = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, LONGEST).toWellFormed() : null;

/** The texts in a value, one after the other, as far as a search looks: the first 1,000 characters. Of one that is kept elsewhere, none. */
export function textsIn(value: unknown): string {
  if (isClaimCheck(value)) return '';
  const texts: string[] = [];
  let left = LONGEST;
  const gather = (some: unknown): void => {
    if (left <= 0) return;
    if (typeof some === 'string' || typeof some === 'number') {
      const text = String(some).slice(0, left).toWellFormed();
      texts.push(text);
      left -= text.length + 1;
    } else if (typeof some === 'object' && some !== null) Object.values(some).forEach(gather);
  };
  gather(value);
  return texts.join(' ');
}

/** What a search for text looks into: lower case by Unicode's rules, since databases disagree about them. */
export const searchText = (...parts: readonly (string | null | undefined)[]): string =>
  parts
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join('\n')
    .toLowerCase();
