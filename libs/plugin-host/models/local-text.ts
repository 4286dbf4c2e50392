/** Words that people use for each other: how a label is found in a text that does not name it. */
const related: Readonly<Record<string, readonly string[]>> = {
  billing: [
    'bill',
    'invoice',
    'charge',
    'charged',
    'refund',
    'payment',
    'pay',
    'paid',
    'price',
    'subscription',
    'card',
    'money',
  ],
  technical: [
    'error',
    'crash',
    'bug',
    'broken',
    'login',
    'install',
    'fails',
    'failed',
    'slow',
    'server',
    'code',
    'exception',
    'app',
  ],
  news: ['today', 'yesterday', 'report', 'reported', 'announced', 'minister', 'election'],
  shop: ['buy', 'cart', 'price', 'shipping', 'order', 'product', 'sale'],
  documentation: ['guide', 'reference', 'install', 'usage', 'api', 'example', 'tutorial', 'docs'],
  positive: ['good', 'great', 'love', 'excellent', 'happy', 'thanks'],
  negative: ['bad', 'terrible', 'hate', 'awful', 'angry', 'disappointed'],
};

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

export const sentencesOf = (text: string): string[] =>
  (text.match(/[^.!?\n]+[.!?]*/g) ?? []).map((each) => each.trim()).filter((each) => each !== '');

/** The labels of "… as one of: a, b, c." in an instruction; none where it does not ask for one. */
export function labelsIn(prompt: string): readonly string[] {
  const list = /(?:one of|labels?|categories|classes)\s*:\s*([^\n.]+)/i.exec(prompt)?.[1];
  return list === undefined
    ? []
    : list
        .split(/,|\bor\b|\|/)
        .map((label) => label.trim().replace(/^["'`]|["'`]$/g, ''))
        .filter((label) => label !== '');
}

/** The label whose words, or words related to it, stand in the text most often; of equals the first, of none the last. */
export function bestLabel(labels: readonly string[], text: string): string {
  const words = wordsOf(text);
  const scores = labels.map((label) => {
    const wanted = new Set(wordsOf(label).flatMap((word) => [word, ...(related[word] ?? [])]));
    return words.filter((word) => wanted.has(word)).length;
  });
  const best = Math.max(...scores);
  return best === 0 ? labels.at(-1)! : labels[scores.indexOf(best)]!;
}

/** The sentence that shares most words with all the others: what an extract of one sentence would keep. */
export function centralSentence(text: string): string {
  const sentences = sentencesOf(text);
  const counts = new Map<string, number>();
  for (const word of wordsOf(text)) if (word.length > 3) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weight = (sentence: string) => {
    const words = wordsOf(sentence);
    return words.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0) / Math.sqrt(Math.max(1, words.length));
  };
  return sentences.reduce((best, each) => (weight(each) > weight(best) ? each : best), sentences[0] ?? text.trim());
}

/** What an instruction is about: behind its first blank line or colon at a line's end, else all of it. */
export function subjectOf(prompt: string): string {
  const behind = /\n\s*\n([\s\S]+)$/.exec(prompt)?.[1] ?? /:\s*\n([\s\S]+)$/.exec(prompt)?.[1];
  return (behind ?? prompt).replace(/^\s*(message|text|question)\s*:\s*/i, '').trim();
}
