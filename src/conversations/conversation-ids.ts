import { hash } from 'node:crypto';
import { uuidOf } from '#engine';

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
  return uuidOf(hash('sha256', `chatter.conversation.v1\n${what}\n${from}`, 'hex'));
}
