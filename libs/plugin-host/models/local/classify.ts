import { stemOf, subjectsOf } from './text.js';

/** What people say when they mean a class: for the classes that support, content and mood are usually sorted into. */
const LEXICON: Readonly<Record<string, string>> = {
  billing:
    'bill invoice refund charge charged payment pay paid price cost card subscription money receipt debit overcharged',
  technical:
    'error crash bug broken fail failure login password install slow timeout exception app page load freeze code update',
  sales: 'buy purchase order quote demo offer discount upgrade pricing trial',
  shipping: 'delivery deliver package parcel shipped tracking courier late arrive',
  account: 'account login password profile email username sign delete',
  complaint: 'angry terrible unacceptable disappointed worst awful complain',
  positive: 'good great love excellent happy thanks wonderful best amazing perfect nice',
  negative: 'bad terrible hate awful sad angry worst poor disappointed broken useless',
  urgent: 'urgent immediately asap now critical emergency outage down',
  spam: 'winner prize free click viagra lottery casino',
  news: 'news today reported president government minister journalist election police',
  shop: 'shop cart price buy checkout shipping sale product basket',
  documentation: 'documentation guide api reference install tutorial manual example usage parameters',
  question: 'how what why when where who can could',
};

/** Names that mean the same class. */
const ALIASES: Readonly<Record<string, string>> = {
  payment: 'billing',
  payments: 'billing',
  finance: 'billing',
  invoice: 'billing',
  tech: 'technical',
  support: 'technical',
  bug: 'technical',
  error: 'technical',
  delivery: 'shipping',
  docs: 'documentation',
  store: 'shop',
};

const CATCH_ALL = /^(?:other|others|else|unknown|none|neutral|misc|miscellaneous|general|default)$/i;

/**
 * The label that shares most words with the text.
 *
 * 1. A label's own name counts three times as much as a word of its lexicon.
 * 2. Where nothing is shared: the label for everything else, if there is one; else the first.
 * 3. Of two that share as much, the one named first.
 */
export function classify(text: string, labels: readonly string[]): string {
  const said = new Map<string, number>();
  for (const word of subjectsOf(text)) said.set(word, (said.get(word) ?? 0) + 1);
  let best = labels.find((label) => CATCH_ALL.test(label)) ?? labels[0] ?? ''; // rule 2
  let most = 0;
  for (const label of labels) {
    const score = scoreOf(label, said);
    if (score > most) [best, most] = [label, score]; // rule 3
  }
  return best;
}

function scoreOf(label: string, said: ReadonlyMap<string, number>): number {
  const names = new Set(subjectsOf(label));
  const key = label.toLowerCase().trim();
  const known = LEXICON[ALIASES[key] ?? key] ?? [...names].map(lexiconByStem).join(' ');
  const meant = new Set(known.split(' ').filter(Boolean).map(stemOf));
  const heard = (words: Iterable<string>): number => [...words].reduce((sum, word) => sum + (said.get(word) ?? 0), 0);
  return heard(names) * 3 + heard([...meant].filter((word) => !names.has(word))); // rule 1
}

const lexiconByStem = (stem: string): string =>
  Object.entries(LEXICON).find(([name]) => stemOf(name) === stem)?.[1] ?? '';

/** How labels are listed. What is read of a list is bounded, since it is taken apart in ways that take time. */
const ASKS = /\b(?:classif\w*|categori[sz]e\w*|sort|label|triage|decide|choose|pick|answer|reply|respond)\b/i;
const LISTED = /\b(?:one of|either|categories|labels|classes|options)\b[^:\n]{0,40}:\s*([^\n]{1,2000})/i;
const LISTED_PLAIN =
  /\b(?:one of|either|(?<!difference\s)between|(?:classify|categori[sz]e|sort)\b[^\n.:]{0,60}?\b(?:as|into))\s+(?:the following\s+)?([^\n.:]{1,2000})/i;

export interface Classification {
  readonly labels: readonly string[];
  /** What is to be classified: the text without the line that asks. */
  readonly text: string;
}

/** Reads "Classify … as one of: a, b, c" and its like; null when nothing of the kind is asked. */
export function classificationIn(text: string): Classification | null {
  if (!ASKS.test(text)) return null;
  const found = LISTED.exec(text) ?? LISTED_PLAIN.exec(text);
  if (found === null) return null;
  const listed = (found[1] ?? '').split(/(?<=\w)[.;!?](?:\s|$)/)[0] ?? '';
  const labels = listed
    .split(/\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s*\|\s*|\s+\/\s+|\s+and\s+/)
    .map((label) => label.trim().replace(/^["'“`]+|["'”`]+$/g, ''))
    .filter((label) => label !== '' && label.length <= 60);
  if (labels.length < 2) return null;
  const end = found.index + found[0].indexOf(listed) + listed.length;
  return { labels, text: `${text.slice(0, found.index)} ${text.slice(end)}` };
}
