/** Words that say nothing about a subject. */
const COMMON = new Set(
  (
    'a about after again all also an and any are as at be because been but by can could did do does for from get got had ' +
    'has have he her his how i if in into is it its just me more my no not now of on one or our out please she so some ' +
    'than that the their them then there these they this to too up us was we were what when where which who why will ' +
    'with would you your'
  ).split(' '),
);

/** The words of a text in lower case, in order. */
export const wordsOf = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];

/** The words that say what a text is about, each by its stem. */
export const subjectsOf = (text: string): string[] =>
  wordsOf(text)
    .filter((word) => word.length > 1 && !COMMON.has(word))
    .map(stemOf);

/** A word without its commonest English endings, so that "refunded" and "refunds" meet. */
export function stemOf(word: string): string {
  const stem = word.replace(/(?:'s|’s)$/, '').replace(/(?:ing|ed|es|s|e)$/, '');
  return stem.length >= 3 ? stem : word;
}

/** Sentences and lines, each once trimmed. */
export const sentencesOf = (text: string): string[] =>
  text
    .split(/\n+|(?<=[.!?。！？])\s+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence));

/** Four characters make a token, rounded up: an estimate, and the same everywhere. */
export const tokensIn = (text: string): number => Math.ceil(text.length / 4);

/** A text as it stands in an expression that looks for it. */
export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
