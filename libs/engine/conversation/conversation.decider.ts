import { Refusal } from '../execution/refusal.js';
import type {
  ConversationEvent,
  ConversationSummarised,
  MessageAnswered,
  MessageFailed,
  MessageReceived,
  MessageStored,
} from './conversation.events.js';

export interface SaidMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly execution_id: string;
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
  | { readonly type: 'Store'; readonly stored: readonly MessageStored[] }
  | { readonly type: 'Summarise'; readonly summarised: ConversationSummarised }
  | { readonly type: 'Delete'; readonly by: string };

export const unknownConversation: ConversationState = { status: 'unknown' };

/** A conversation takes no more messages than these; another one is begun then. */
export const mostMessages = 10_000;

/**
 * One conversation.
 *
 * 1. Only its owner speaks in it and deletes it; for everybody else it is not there.
 * 2. A message comes once for each execution: the same again changes nothing.
 * 3. The first outcome of a message stands. A late or repeated report changes nothing.
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
  if (state.messages.some(({ role, execution_id }) => role === 'user' && execution_id === received.execution_id))
    return []; // rule 2
  mustHaveRoom(state, 2);
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
  if (messages.length + more <= mostMessages) return;
  throw new Refusal(
    'conversation_full',
    `The conversation has ${messages.length} messages, and takes ${mostMessages} at most. Begin another one: leave conversation_id out.`,
  );
}

/** Rules 3 and 5. */
const awaits = (state: ConversationState, executionId: string): boolean =>
  state.status === 'open' &&
  state.messages.some(({ execution_id, answer }) => execution_id === executionId && answer === 'pending');

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
      const { message_id: id, message: content, execution_id } = event.data;
      const said = {
        id,
        role: 'user',
        content,
        execution_id,
        created_at: at,
        answer: 'pending',
        failure: null,
      } as const;
      return { ...changed, messages: [...state.messages, said] };
    }
    case 'MessageAnswered': {
      const { message_id: id, message: content, execution_id } = event.data;
      const said = {
        id,
        role: 'assistant',
        content,
        execution_id,
        created_at: at,
        answer: null,
        failure: null,
      } as const;
      return { ...changed, messages: withOutcome(state.messages, execution_id, { answer: 'answered' }, [said]) };
    }
    case 'MessageFailed': {
      const { execution_id, ...failure } = event.data;
      return { ...changed, messages: withOutcome(state.messages, execution_id, { answer: 'failed', failure }, []) };
    }
    case 'MessageStored': {
      const { message_id: id, message: content, ...rest } = event.data;
      return {
        ...changed,
        messages: [...state.messages, { id, content, ...rest, created_at: at, answer: null, failure: null }],
      };
    }
    case 'ConversationSummarised':
      return { ...state, summary: { text: event.data.message, upTo: event.data.up_to } };
    case 'ConversationDeleted':
      return { ...changed, status: 'deleted', messages: [], summary: null };
  }
}

/** The message that this execution answers, with what became of it, and what follows behind it. */
const withOutcome = (
  messages: readonly SaidMessage[],
  executionId: string,
  outcome: Partial<SaidMessage>,
  behind: readonly SaidMessage[],
): readonly SaidMessage[] =>
  messages.flatMap((message) =>
    message.execution_id === executionId && message.answer === 'pending'
      ? [{ ...message, ...outcome }, ...behind]
      : [message],
  );
