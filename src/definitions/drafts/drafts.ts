import {
  decideDraft,
  draftIn,
  evolveDraft,
  noDraft,
  type DefinitionDetails,
  type DraftCommand,
  type DraftEvent,
  type DraftState,
  type Graph,
  type KeptDraft,
  type PublishedState,
} from '#engine';
import { canonicalJson, draftStream, type EventStore, type PayloadStore, type Position } from '#event-store';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import type { Credential } from '../../auth/credential.js';
import { DecidedStreams } from '../../database/decided-streams.js';

/** What is saved: a graph, and whatever else of the definition is to change with it. */
export interface DraftContent extends Partial<DefinitionDetails> {
  readonly graph: Graph;
  readonly metadata?: JsonObject;
}

export interface Draft {
  readonly facts: KeptDraft;
  readonly content: DraftContent;
  /** Null: nothing was written. */
  readonly position: Position | null;
}

/** A definition, as whoever asks about its draft has found it. */
export interface Known {
  /** UUID without prefix. */
  readonly id: string;
  readonly state: PublishedState;
}

/**
 * The drafts of definitions: each in a stream of its own, of which only the last event is ever read, so that the
 * thousandth save costs what the first did, and no save makes its definition slower.
 */
export class Drafts {
  private readonly streams: DecidedStreams<DraftState, DraftCommand, DraftEvent>;

  constructor(
    store: EventStore,
    private readonly payloads: PayloadStore,
  ) {
    this.streams = new DecidedStreams<DraftState, DraftCommand, DraftEvent>(store, {
      streamOf: draftStream,
      initial: noDraft,
      decide: decideDraft,
      evolve: evolveDraft,
      lastSaysAll: true,
    });
  }

  /** Null: the definition has none. */
  async find(tenant: string, { id, state }: Known): Promise<Draft | null> {
    const facts = draftIn((await this.streams.load(id)).state, state.published_draft);
    return facts && { facts, content: await this.content(tenant, facts.content), position: null };
  }

  /** What was saved is durable before the event that names it. Throws a refusal where `seen` is not what is there. */
  async save({ id, state }: Known, content: DraftContent, by: Credential, seen?: number): Promise<Draft> {
    const bytes = new TextEncoder().encode(canonicalJson(content as unknown as JsonValue));
    const { sha256 } = await this.payloads.put(by.tenant, bytes);
    const wish = { type: 'Save', content: sha256, newest: state.versions.length, by: by.sub } as const;
    const told = await this.tell(id, { ...wish, ...bounds(state, seen) }, by);
    return { facts: told.state.kept!, content, position: told.position };
  }

  async discard({ id, state }: Known, by: Credential, seen?: number): Promise<Position | null> {
    return (await this.tell(id, { type: 'Discard', ...bounds(state, seen) }, by)).position;
  }

  private tell(id: string, command: DraftCommand, { tenant, sub, via }: Credential) {
    return this.streams.tell(id, command, { tenant, actor: { sub, via } });
  }

  private async content(tenant: string, sha256: string): Promise<DraftContent> {
    const bytes = await this.payloads.get(tenant, sha256);
    if (!bytes) throw new Error(`The draft ${sha256} is missing from the payload store.`);
    return JSON.parse(new TextDecoder().decode(bytes)) as DraftContent;
  }
}

const bounds = ({ published_draft }: PublishedState, seen: number | undefined) => ({
  publishedUpTo: published_draft,
  ...(seen !== undefined && { seen }),
});
