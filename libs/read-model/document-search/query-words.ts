/** More words of a query than these are not looked for. */
const mostWords = 32;

/** Scripts that are written without spaces between their words: each character is looked for by itself, in a row. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;

/** A text as it is indexed: words that the index finds by spaces. */
export const indexable = (text: string): string => text.replace(unspaced, ' $& ');

/** What is looked for: whole words; of unspaced scripts, runs of characters. */
export function queryWords(query: string): string[] {
  const words = indexable(query.toLowerCase().normalize('NFKC')).match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words)].slice(0, mostWords);
}

/** Quoted, so that nothing in a query is taken for an operator. */
export const anyOf = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' OR ');
