import type { ModelMessage } from '#plugin-sdk';
import { answerFromContext, answerFromTools } from './from-sources.js';
import { classificationIn, classify } from './classify.js';
import { summarise, summaryIn } from './summarise.js';
import { sentencesOf } from './text.js';

/**
 * An answer by rules, the first that fits.
 *
 * 1. Tools have come to something: that.
 * 2. Asked to classify, in the prompt or in the system's message: one of the labels.
 * 3. Asked to summarise: sentences of the text.
 * 4. Documents were shown with the question: a sentence of theirs.
 * 5. Else it says what it is, and quotes what it was asked.
 */
export function answerTo(messages: readonly ModelMessage[]): string {
  const results = answerFromTools(messages);
  if (results !== null) return results; // rule 1
  const asked = lastOf(messages, 'user');
  const told = lastOf(messages, 'system');
  const classification = classificationIn(asked);
  if (classification !== null) return classify(classification.text, classification.labels); // rule 2
  const toldToClassify = classificationIn(told);
  if (toldToClassify !== null) return classify(asked, toldToClassify.labels);
  const summary = summaryIn(asked); // rule 3
  if (summary !== null) return summarise(summary.text, summary.count);
  const toldToSummarise = summaryIn(told);
  if (toldToSummarise !== null) return summarise(asked, toldToSummarise.count);
  return (answerFromContext(messages, asked) ?? plainAnswer(asked)) + seen(messages); // rules 4 and 5
}

/** It cannot see, and says so. */
function seen(messages: readonly ModelMessage[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  const images = last?.role === 'user' ? (last.images ?? []) : [];
  if (images.length === 0) return '';
  const types = [...new Set(images.map(({ mime }) => mime))].join(', ');
  return ` With it came ${images.length} ${images.length === 1 ? 'image' : 'images'} (${types}), which it cannot see.`;
}

function plainAnswer(asked: string): string {
  const subject = sentencesOf(asked)[0];
  const what =
    'This is the built-in local model: it classifies, summarises and fills schemas by rules, and is no language model.';
  return subject === undefined ? what : `You asked: "${subject.slice(0, 300)}" ${what}`;
}

export const lastOf = (messages: readonly ModelMessage[], role: ModelMessage['role']): string =>
  messages.findLast((message) => message.role === role)?.content ?? '';
