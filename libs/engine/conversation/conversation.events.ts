/**
 * Facts about one conversation, stored for good: a type or an optional member may be added, none is ever changed. What
 * people and models say stands only in `message`.
 */
export type ConversationEvent =
  | { readonly type: 'ConversationStarted'; readonly data: { readonly owner: string } }
  | { readonly type: 'MessageReceived'; readonly data: MessageReceived }
  | { readonly type: 'MessageAnswered'; readonly data: MessageAnswered }
  | { readonly type: 'MessageFailed'; readonly data: MessageFailed }
  | { readonly type: 'MessageRetried'; readonly data: MessageRetried }
  | { readonly type: 'MessageStored'; readonly data: MessageStored }
  | { readonly type: 'ConversationSummarised'; readonly data: ConversationSummarised }
  | { readonly type: 'ConversationDeleted'; readonly data: Record<string, never> };

/** The user has said something. Messages form a queue in the order of these events. */
export interface MessageReceived {
  readonly message_id: string;
  /** UUID of the execution that answers it. */
  readonly execution_id: string;
  readonly message: string;
}

export interface MessageAnswered {
  /** Of the answer. */
  readonly message_id: string;
  readonly execution_id: string;
  readonly message: string;
}

/** There will be no answer: the execution failed, was cancelled, or never came to be. */
export interface MessageFailed {
  readonly execution_id: string;
  readonly code: string;
  readonly message: string;
}

/** A message that had failed is answered by another execution: a further try of the first. */
export interface MessageRetried {
  readonly execution_id: string;
  readonly retried_by: string;
}

/** A workflow has put a message into the conversation by itself. */
export interface MessageStored {
  readonly message_id: string;
  readonly execution_id: string;
  readonly role: 'user' | 'assistant';
  readonly message: string;
}

/** What was said up to and including the message `up_to`, in short. */
export interface ConversationSummarised {
  readonly up_to: string;
  readonly message: string;
}
