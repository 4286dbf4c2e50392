import type { JsonObject } from '#plugin-sdk';
import { Refusal } from '../execution/refusal.js';

/** Facts about one definition. A published version never changes: a new one is published beside it. */
export type DefinitionEvent =
  | { readonly type: 'DefinitionPublished'; readonly data: DefinitionPublished }
  | { readonly type: 'DefinitionChanged'; readonly data: DefinitionChanged }
  | { readonly type: 'DefinitionDeleted'; readonly data: Record<string, never> };

export interface DefinitionDetails {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly is_public: boolean;
}

export type DefinitionChanged = Partial<DefinitionDetails> & { readonly active?: boolean };

export interface DefinitionPublished extends DefinitionDetails {
  readonly version: number;
  readonly metadata: JsonObject;
  /** The graph itself is in the payload store, under this digest. */
  readonly graph_digest: string;
  readonly node_count: number;
  readonly edge_count: number;
  readonly owner: string;
  /** The version that this one restores. */
  readonly restored_from?: number;
  /** The draft that this version was made of: no draft up to this revision is there any more. */
  readonly draft_revision?: number;
}

export interface DefinitionVersion {
  readonly version: number;
  readonly graph_digest: string;
  readonly name: string;
  readonly metadata: JsonObject;
  readonly published_at: string;
  readonly published_by: string;
  readonly restored_from: number | null;
}

export type DefinitionState =
  | { readonly status: 'unknown' }
  | (DefinitionDetails & {
      readonly status: 'published' | 'deleted';
      readonly owner: string;
      readonly active: boolean;
      /** When its triggers became live; null: they are not. */
      readonly active_since: string | null;
      readonly versions: readonly DefinitionVersion[];
      /** Drafts up to this revision have become versions; 0: none has. */
      readonly published_draft: number;
      readonly created_at: string;
      readonly updated_at: string;
    });

export type PublishedState = Exclude<DefinitionState, { status: 'unknown' }>;

export type DefinitionCommand =
  | {
      readonly type: 'Publish';
      readonly published: Omit<DefinitionPublished, 'version'>;
      /** The version the writer has seen (`If-Match`). */ readonly seen?: number;
    }
  | {
      readonly type: 'Change';
      readonly changes: DefinitionChanged;
      readonly seen?: number;
    }
  | { readonly type: 'Delete'; readonly seen?: number };

export const unknownDefinition: DefinitionState = { status: 'unknown' };

/**
 * 1. Publishing makes the next version, whatever was there.
 * 2. Details can be changed without a new version.
 * 3. A deleted definition takes no more changes; the log keeps it, and what runs goes on.
 * 4. Who says which version they have `seen` is refused where that is not the newest any more.
 */
export function decideDefinition(state: DefinitionState, command: DefinitionCommand): readonly DefinitionEvent[] {
  if (state.status === 'deleted') throw new Refusal('definition_not_found', 'The definition has been deleted.');
  const newest = state.status === 'unknown' ? 0 : state.versions.length;
  if (command.seen !== undefined && command.seen !== newest) throw stale(newest, command.seen); // rule 4
  switch (command.type) {
    case 'Publish':
      return [{ type: 'DefinitionPublished', data: { ...command.published, version: newest + 1 } }];
    case 'Change':
      return Object.keys(command.changes).length === 0 ? [] : [{ type: 'DefinitionChanged', data: command.changes }];
    case 'Delete':
      return [{ type: 'DefinitionDeleted', data: {} }];
  }
}

const stale = (newest: number, seen: number): Refusal =>
  new Refusal(
    'version_is_stale',
    `The newest version is ${newest}, not ${seen}: somebody has published meanwhile. Read it, then try again.`,
    { current_version: newest },
  );

export function evolveDefinition(state: DefinitionState, event: DefinitionEvent, at: string): DefinitionState {
  switch (event.type) {
    case 'DefinitionPublished': {
      const { version, graph_digest, metadata, owner, restored_from, draft_revision } = event.data;
      const { name, description, tags, is_public } = event.data;
      const known = state.status === 'unknown' ? null : state;
      const published = {
        version,
        graph_digest,
        name,
        metadata,
        published_at: at,
        published_by: owner,
        restored_from: restored_from ?? null,
      };
      return {
        status: 'published',
        name,
        description,
        tags,
        is_public,
        owner: known?.owner ?? owner,
        active: known?.active ?? false,
        active_since: known?.active_since ?? null,
        versions: [...(known?.versions ?? []), published],
        published_draft: draft_revision ?? known?.published_draft ?? 0,
        created_at: known?.created_at ?? at,
        updated_at: at,
      };
    }
    case 'DefinitionChanged':
      return state.status === 'unknown' ? state : changed(state, event.data, at);
    case 'DefinitionDeleted':
      return state.status === 'unknown' ? state : { ...state, status: 'deleted', updated_at: at };
  }
}

const changed = (state: PublishedState, changes: DefinitionChanged, at: string): PublishedState => {
  const active = changes.active ?? state.active;
  return { ...state, ...changes, active_since: active ? (state.active_since ?? at) : null, updated_at: at };
};
