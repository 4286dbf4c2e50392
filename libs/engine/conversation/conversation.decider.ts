import { Refusal } from '../execution/refusal.js';
import type {
  ConversationEvent,
  ConversationSummarised,
  MessageAnswered,
  MessageFailed,
  MessageReceived,
  MessageRetried,
  MessageStored,
} from './conversation.events.js';

export interface SaidMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  /** The one that answers it, or has written it. */
  readonly execution_id: string;
  /** Those that were to answer it before. */
  readonly tried: readonly string[];
  readonly created_at: string;
  /** Of a message that an execution answers; null for every other. */
  readonly answer: 'pending' | 'answered' | 'failed' | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

export type ConversationState =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'open' | 'deleted';
      readonly owner: string;
      /** In the order in which they were received; an answer stands behind what it answers. */
      readonly messages: readonly SaidMessage[];
      readonly summary: { readonly text: string; readonly upTo: string } | null;
      readonly created_at: string;
      readonly updated_at: string;
    };

export type KnownConversation = Exclude<ConversationState, { status: 'unknown' }>;

export type ConversationCommand =
  | {
      readonly type: 'Receive';
      readonly by: string;
      /** The conversation begins with this message, unless it has begun. */
      readonly starts: boolean;
      readonly received: MessageReceived;
    }
  | { readonly type: 'Answer'; readonly answered: MessageAnswered }
  | { readonly type: 'Fail'; readonly failed: MessageFailed }
  | { readonly type: 'Retry'; readonly retried: MessageRetried }
  | { readonly type: 'Store'; readonly stored: readonly MessageStored[] }
  | { readonly type: 'Summarise'; readonly summarised: ConversationSummarised }
  | { readonly type: 'Delete'; readonly by: string };

export const unknownConversation: ConversationState = { status: 'unknown' };

/** A conversation takes no more messages than these, and none once it has so many characters; another one is begun then. */
export const mostMessages = 10_000;
export const mostCharacters = 4 * 1024 * 1024;
/** Messages that await their answer at one time. */
export const mostPending = 100;

/**
 * One conversation.
 *
 * 1. Only its owner speaks in it and deletes it; for everybody else it is not there.
 * 2. A message comes once for each execution: the same again changes nothing.
 * 3. The first outcome of a message stands. A late or repeated report changes nothing; only a further try of one that
 *    failed opens it again.
 * 4. A summary replaces one that covers less, never one that covers as much or more.
 * 5. A deleted conversation takes nothing more. What is still on its way is let go.
 */
export function decideConversation(
  state: ConversationState,
  command: ConversationCommand,
): readonly ConversationEvent[] {
  switch (command.type) {
    case 'Receive':
      return receive(state, command);
    case 'Answer':
      return awaits(state, command.answered.execution_id) ? [{ type: 'MessageAnswered', data: command.answered }] : [];
    case 'Fail':
      return awaits(state, command.failed.execution_id) ? [{ type: 'MessageFailed', data: command.failed }] : [];
    case 'Retry':
      return hasFailed(state, command.retried.execution_id) ? [{ type: 'MessageRetried', data: command.retried }] : [];
    case 'Store':
      if (state.status !== 'open') return []; // rule 5
      mustHaveRoom(state, command.stored.length);
      return command.stored
        .filter(({ message_id }) => !state.messages.some(({ id }) => id === message_id))
        .map((data) => ({ type: 'MessageStored', data }));
    case 'Summarise':
      return coversMore(state, command.summarised.up_to)
        ? [{ type: 'ConversationSummarised', data: command.summarised }]
        : [];
    case 'Delete':
      mustBeOwn(state, command.by);
      return [{ type: 'ConversationDeleted', data: {} }];
  }
}

function receive(
  state: ConversationState,
  { by, starts, received }: Extract<ConversationCommand, { type: 'Receive' }>,
): readonly ConversationEvent[] {
  const message: ConversationEvent = { type: 'MessageReceived', data: received };
  if (state.status === 'unknown' && starts) return [{ type: 'ConversationStarted', data: { owner: by } }, message];
  mustBeOwn(state, by);
  if (state.messages.some(({ id }) => id === received.message_id)) return []; // rule 2
  mustHaveRoom(state, 2);
  mustNotBeBusy(state);
  return [message];
}

/** Rules 1 and 5. */
function mustBeOwn(state: ConversationState, by: string): asserts state is KnownConversation {
  if (state.status === 'open' && state.owner === by) return;
  throw new Refusal(
    'conversation_not_found',
    'There is no such conversation. List yours with GET /api/v1/conversations, or leave conversation_id out to begin one.',
  );
}

function mustHaveRoom({ messages }: KnownConversation, more: number): void {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (messages.length + more <= mostMessages && characters < mostCharacters) return;
  throw new Refusal(
    'conversation_full',
    `The conversation has ${messages.length} messages and ${characters} characters; it takes ${mostMessages} messages, and none beyond ${mostCharacters} characters. Begin another one: leave conversation_id out.`,
  );
}

function mustNotBeBusy({ messages }: KnownConversation): void {
  const pending = messages.filter(({ answer }) => answer === 'pending').length;
  if (pending < mostPending) return;
  throw new Refusal(
    'conversation_busy',
    `${pending} messages of the conversation await their answers. Send the next one when some of them have come.`,
  );
}

/** Rules 3 and 5. */
const awaits = (state: ConversationState, executionId: string): boolean =>
  state.status === 'open' &&
  state.messages.some(({ execution_id, answer }) => execution_id === executionId && answer === 'pending');

const hasFailed = (state: ConversationState, executionId: string): boolean =>
  state.status === 'open' &&
  state.messages.some(({ execution_id, answer }) => execution_id === executionId && answer === 'failed');

/** Rule 4. */
function coversMore(state: ConversationState, upTo: string): boolean {
  if (state.status !== 'open') return false;
  const place = (id: string) => state.messages.findIndex((message) => message.id === id);
  return place(upTo) > (state.summary === null ? -1 : place(state.summary.upTo));
}

export function evolveConversation(state: ConversationState, event: ConversationEvent, at: string): ConversationState {
  if (event.type === 'ConversationStarted') {
    const { owner } = event.data;
    return { status: 'open', owner, messages: [], summary: null, created_at: at, updated_at: at };
  }
  if (state.status === 'unknown') return state;
  const changed = { ...state, updated_at: at };
  switch (event.type) {
    case 'MessageReceived': {
      const asked = { ...said({ ...event.data, role: 'user' }, at), answer: 'pending' } as const;
      return { ...changed, messages: [...state.messages, asked] };
    }
    case 'MessageAnswered': {
      const answer = said({ ...event.data, role: 'assistant' }, at);
      const become = (message: SaidMessage): SaidMessage[] => [{ ...message, answer: 'answered' }, answer];
      return { ...changed, messages: withOutcome(state.messages, event.data.execution_id, 'pending', become) };
    }
    case 'MessageFailed': {
      const { execution_id, ...failure } = event.data;
      const become = (message: SaidMessage): SaidMessage[] => [{ ...message, answer: 'failed', failure }];
      return { ...changed, messages: withOutcome(state.messages, execution_id, 'pending', become) };
    }
    case 'MessageRetried': {
      const { execution_id: before, retried_by: execution_id } = event.data;
      const become = ({ tried, ...message }: SaidMessage): SaidMessage[] => [
        { ...message, execution_id, tried: [...tried, before], answer: 'pending', failure: null },
      ];
      return { ...changed, messages: withOutcome(state.messages, before, 'failed', become) };
    }
    case 'MessageStored':
      return { ...changed, messages: [...state.messages, said(event.data, at)] };
    case 'ConversationSummarised':
      return { ...state, summary: { text: event.data.message, upTo: event.data.up_to } };
    case 'ConversationDeleted':
      return { ...changed, status: 'deleted', messages: [], summary: null };
  }
}

const said = (
  { message_id: id, message: content, execution_id, role }: MessageStored,
  created_at: string,
): SaidMessage => ({
  id,
  role,
  content,
  execution_id,
  tried: [],
  created_at,
  answer: null,
  failure: null,
});

/** The messages, where the one that this execution was to answer has become something else. It is among the last ones. */
function withOutcome(
  messages: readonly SaidMessage[],
  executionId: string,
  from: SaidMessage['answer'],
  become: (message: SaidMessage) => readonly SaidMessage[],
): readonly SaidMessage[] {
  const at = messages.findLastIndex(({ execution_id, answer }) => execution_id === executionId && answer === from);
  return at === -1 ? messages : messages.toSpliced(at, 1, ...become(messages[at]!));
}
