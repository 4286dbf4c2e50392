import type { ModelMessage } from '#plugin-sdk';
import { classificationIn, classify } from './classify.js';
import { summarise, summaryIn } from './summarise.js';
import { sentencesOf } from './text.js';

/**
 * An answer by rules, the first that fits.
 *
 * 1. Asked to classify, in the prompt or in the system's message: one of the labels.
 * 2. Asked to summarise: sentences of the text.
 * 3. Else it says what it is, and quotes what it was asked.
 */
export function answerTo(messages: readonly ModelMessage[]): string {
  const asked = lastOf(messages, 'user');
  const told = lastOf(messages, 'system');
  const classification = classificationIn(asked);
  if (classification !== null) return classify(classification.text, classification.labels); // rule 1
  const toldToClassify = classificationIn(told);
  if (toldToClassify !== null) return classify(asked, toldToClassify.labels);
  const summary = summaryIn(asked); // rule 2
  if (summary !== null) return summarise(summary.text, summary.count);
  const toldToSummarise = summaryIn(told);
  if (toldToSummarise !== null) return summarise(asked, toldToSummarise.count);
  return plainAnswer(asked); // rule 3
}

function plainAnswer(asked: string): string {
  const subject = sentencesOf(asked)[0];
  const what =
    'This is the built-in local model: it classifies, summarises and fills schemas by rules, and is no language model.';
  return subject === undefined ? what : `You asked: "${subject.slice(0, 300)}" ${what}`;
}

export const lastOf = (messages: readonly ModelMessage[], role: ModelMessage['role']): string =>
  messages.findLast((message) => message.role === role)?.content ?? '';
