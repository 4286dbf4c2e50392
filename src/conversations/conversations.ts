import {
  decideConversation,
  evolveConversation,
  unknownConversation,
  type ConversationCommand,
  type ConversationEvent,
  type ConversationState,
  type KnownConversation,
} from '#engine';
import { conversationStream, type Actor, type EventStore, type PayloadStore, type Position } from '#event-store';
import type { Caller } from '#runtime';
import { DecidedStreams } from '../database/decided-streams.js';

/** So many conversations are kept in memory. */
const remember = 50;

export interface Told {
  readonly state: ConversationState;
  /** Behind which lists show it; null: nothing was to be done. */
  readonly position: Position | null;
}

/** Conversations as their streams have them. Another tenant's, and another user's, are answered as unknown ones are. */
export class Conversations {
  private readonly streams: DecidedStreams<ConversationState, ConversationCommand, ConversationEvent>;
  /** The last command told to each conversation: they go one after the other. */
  private readonly told = new Map<string, Promise<unknown>>();
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(
    store: EventStore,
    payloads: PayloadStore,
    readonly now: () => number = Date.now,
  ) {
    const rules = {
      streamOf: conversationStream,
      initial: unknownConversation,
      decide: decideConversation,
      evolve: evolveConversation,
    };
    this.streams = new DecidedStreams<ConversationState, ConversationCommand, ConversationEvent>(store, rules, {
      now,
      payloads,
      remember,
    });
  }

  /** Null: unknown, deleted, or not the caller's. */
  async find({ tenant, sub }: Caller, id: string): Promise<KnownConversation | null> {
    const state = await this.load(tenant, id);
    return state?.owner === sub ? state : null;
  }

  /** Null: unknown, deleted, or another tenant's. */
  async load(tenant: string, id: string): Promise<KnownConversation | null> {
    const { state, tenant: of } = await this.streams.load(id);
    return state.status === 'open' && of === tenant ? state : null;
  }

  /** One command after the other. Throws a refusal. */
  tell(id: string, command: ConversationCommand, by: { tenant: string; actor: Actor }): Promise<Told> {
    const before = this.told.get(id) ?? Promise.resolve();
    const told = before.catch(() => undefined).then(() => this.tellNow(id, command, by));
    const last = told.finally(() => {
      if (this.told.get(id) === last) this.told.delete(id);
    });
    last.catch(() => undefined);
    this.told.set(id, last);
    return told;
  }

  /** Calls back after each change that this process makes, or hears of, until the answer is called. */
  listen(id: string, changed: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(changed));
    return () => {
      all.delete(changed);
      if (all.size === 0) this.listeners.delete(id);
    };
  }

  /** It has changed. */
  heard(id: string): void {
    for (const changed of this.listeners.get(id) ?? []) changed();
  }

  private async tellNow(id: string, command: ConversationCommand, by: { tenant: string; actor: Actor }): Promise<Told> {
    const { state, position } = await this.streams.tell(id, command, by);
    if (position !== null) this.heard(id);
    return { state, position };
  }
}
