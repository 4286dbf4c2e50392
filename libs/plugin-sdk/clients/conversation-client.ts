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
}

/** The conversation of this execution. Where there is none, `id` is null, loading gives nothing and storing fails. */
export interface ConversationClient {
  /** With its prefix: `conv_…`. */
  readonly id: string | null;
  /** The messages before this execution's own. `window`: how many. */
  load(options: { readonly window: number; readonly summarize: boolean }): Promise<ConversationMemory>;
  store(messages: readonly ConversationMessage[]): Promise<void>;
}
