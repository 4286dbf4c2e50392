export interface ConversationMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What of a conversation a model is told. */
export interface ConversationMemory {
  /** The last ones, oldest first. */
  readonly messages: readonly ConversationMessage[];
  /** Of what came before them; null where nothing did, or where it was not asked for. */
  readonly summary: string | null;
  /** What has come before `messages` and is not in the summary yet, oldest first; null: the summary is as it should be. */
  readonly unsummarised: UnsummarisedMessages | null;
}

export interface UnsummarisedMessages {
  readonly messages: readonly ConversationMessage[];
  /** Names the last of them, for `summarised`. */
  readonly upTo: string;
}

/** The conversation of this execution. Where there is none, `id` is null, loading gives nothing and storing fails. */
export interface ConversationClient {
  /** With its prefix: `conv_…`. */
  readonly id: string | null;
  /** The messages before this execution's own, once those have their answers. `window`: how many. */
  load(options: { readonly window: number; readonly summarize: boolean }): Promise<ConversationMemory>;
  /** Keeps a summary of all that was said up to there; one that covers more stays. */
  summarised(summary: string, upTo: string): Promise<void>;
  store(messages: readonly ConversationMessage[]): Promise<void>;
}
