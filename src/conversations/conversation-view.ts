import type { KnownConversation, SaidMessage } from '#engine';
import type { ListedConversation } from '#read-model';
import { prefixed } from '../http/ids.js';
import { Problem } from '../http/problem.js';
import type { ConversationDto, MessageDto, MessageListDto } from './conversation.dto.js';

const longestTitle = 80;
const defaultLimit = 50;

export const conversationView = (
  id: string,
  { messages, created_at, updated_at }: KnownConversation,
): ConversationDto => ({
  id: prefixed('conv', id),
  title: messages[0]?.content.trim().replace(/\s+/g, ' ').slice(0, longestTitle).toWellFormed() ?? null,
  message_count: messages.length,
  unanswered: messages.filter(({ answer }) => answer === 'pending').length,
  created_at,
  updated_at,
});

export const listedView = (row: ListedConversation): ConversationDto => ({
  id: prefixed('conv', row.id),
  title: row.title,
  message_count: row.message_count,
  unanswered: row.unanswered,
  created_at: row.created_at,
  updated_at: row.updated_at,
});

/** Oldest first; the cursor names the last message of the page before. */
export function messagePage(
  { messages }: KnownConversation,
  { limit = defaultLimit, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
): MessageListDto {
  const start = cursor === undefined ? 0 : placeBehind(messages, cursor);
  const page = messages.slice(start, start + limit);
  const last = start + limit < messages.length ? page.at(-1) : undefined;
  return {
    messages: page.map(messageView),
    total_count: messages.length,
    next_cursor: last ? Buffer.from(last.id).toString('base64url') : null,
  };
}

function placeBehind(messages: readonly SaidMessage[], cursor: string): number {
  const wanted = Buffer.from(cursor, 'base64url').toString('utf8');
  const place = messages.findIndex(({ id }) => id === wanted);
  if (place === -1)
    throw new Problem(
      'invalid_cursor',
      'This cursor does not belong to this conversation. Take next_cursor of the page before.',
    );
  return place + 1;
}

const messageView = ({ id, role, content, execution_id, created_at, answer, failure }: SaidMessage): MessageDto => ({
  id: prefixed('msg', id),
  role,
  content,
  execution_id: prefixed('exec', execution_id),
  created_at,
  answer,
  error: failure,
});
