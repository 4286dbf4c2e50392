import { sentencesOf, subjectsOf } from './text.js';

/** A lone sentence longer than this is cut, in words. */
const MAX_WORDS = 40;

/**
 * The sentences that share most words with the whole, in the order of the text.
 *
 * An early sentence is worth a little more: writers put first what counts.
 */
export function summarise(text: string, count: number): string {
  const sentences = sentencesOf(text);
  const weight = new Map<string, number>();
  for (const word of subjectsOf(text)) weight.set(word, (weight.get(word) ?? 0) + 1);
  const ranked = sentences
    .map((sentence, at) => ({ sentence, at, score: scoreOf(sentence, weight) * (1 + 1 / (at + 2)) }))
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, count)
    .sort((a, b) => a.at - b.at);
  return ranked.map(({ sentence }) => shortened(sentence)).join(' ');
}

function scoreOf(sentence: string, weight: ReadonlyMap<string, number>): number {
  const subjects = new Set(subjectsOf(sentence));
  if (subjects.size === 0) return 0;
  const sum = [...subjects].reduce((total, word) => total + (weight.get(word) ?? 0), 0);
  return sum / Math.sqrt(subjects.size);
}

function shortened(sentence: string): string {
  const words = sentence.split(/\s+/);
  return words.length <= MAX_WORDS ? sentence : `${words.slice(0, MAX_WORDS).join(' ')} …`;
}

const ASKS = /\b(?:summar(?:y|ies|i[sz]e\w*|i[sz]ing)|tl;?dr|shorten|condense|sum up)\b/i;
const COUNTS = /\b(one|two|three|four|five|[1-9])(?:\s+\w+)?\s+(?:sentence|line|bullet|point)s?\b/i;
const NUMBERS = ['one', 'two', 'three', 'four', 'five'];

export interface SummaryRequest {
  readonly text: string;
  /** How many sentences. */
  readonly count: number;
}

/** Reads "Summarise in two sentences: …" and its like; null when nothing of the kind is asked. */
export function summaryIn(text: string): SummaryRequest | null {
  const [first = '', ...others] = text.split(/\n+/);
  if (!ASKS.test(first)) return null;
  const counted = COUNTS.exec(first)?.[1]?.toLowerCase();
  const count = counted === undefined ? 2 : NUMBERS.indexOf(counted) + 1 || Number(counted);
  const colon = first.indexOf(':', ASKS.exec(first)?.index);
  const rest = [colon < 0 ? '' : first.slice(colon + 1), ...others].join('\n').trim();
  return { text: rest === '' ? first : rest, count };
}
