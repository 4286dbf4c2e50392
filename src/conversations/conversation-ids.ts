import { hash } from 'node:crypto';

/**
 * Ids that follow from an execution's, so that whoever records something a second time records the same: UUIDs
 * (version 8) over the execution's, which itself nobody can guess.
 */
export const conversationOf = (executionId: string): string => derived('conversation', executionId);
export const messageOf = (executionId: string): string => derived('message', executionId);
export const answerOf = (executionId: string): string => derived('answer', executionId);
/** Of what a step stores by itself: the `at`-th of its messages. */
export const storedMessageOf = (idempotencyKey: string, at: number): string =>
  derived('stored', `${idempotencyKey}#${at}`);

function derived(what: string, from: string): string {
  const hex = hash('sha256', `chatter.conversation.v1\n${what}\n${from}`, 'hex');
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
