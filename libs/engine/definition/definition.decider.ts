import type { JsonObject } from '#plugin-sdk';
import { Refusal } from '../execution/refusal.js';

/** Facts about one definition. A published version never changes: a new one is published beside it. */
export type DefinitionEvent =
  | { readonly type: 'DefinitionPublished'; readonly data: DefinitionPublished }
  | { readonly type: 'DefinitionChanged'; readonly data: Partial<DefinitionDetails> & { readonly active?: boolean } }
  | { readonly type: 'DefinitionDeleted'; readonly data: Record<string, never> };

export interface DefinitionDetails {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly is_public: boolean;
}

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
      readonly versions: readonly DefinitionVersion[];
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
  | { readonly type: 'Change'; readonly changes: Partial<DefinitionDetails> & { readonly active?: boolean } }
  | { readonly type: 'Delete' };

export const unknownDefinition: DefinitionState = { status: 'unknown' };

/**
 * 1. Publishing makes the next version, whatever was there; with `seen`, only if that is still the newest.
 * 2. Details can be changed without a new version.
 * 3. A deleted definition takes no more changes; the log keeps it, and what runs goes on.
 */
export function decideDefinition(state: DefinitionState, command: DefinitionCommand): readonly DefinitionEvent[] {
  if (state.status === 'deleted') throw new Refusal('definition_not_found', 'The definition has been deleted.');
  const newest = state.status === 'unknown' ? 0 : state.versions.length;
  switch (command.type) {
    case 'Publish':
      if (command.seen !== undefined && command.seen !== newest) {
        throw new Refusal(
          'version_is_stale',
          `The newest version is ${newest}, not ${command.seen}: somebody has published meanwhile. Read it, then publish again.`,
        );
      }
      return [{ type: 'DefinitionPublished', data: { ...command.published, version: newest + 1 } }];
    case 'Change':
      return Object.keys(command.changes).length === 0 ? [] : [{ type: 'DefinitionChanged', data: command.changes }];
    case 'Delete':
      return [{ type: 'DefinitionDeleted', data: {} }];
  }
}

export function evolveDefinition(state: DefinitionState, event: DefinitionEvent, at: string): DefinitionState {
  switch (event.type) {
    case 'DefinitionPublished': {
      const { version, graph_digest, metadata, owner, restored_from, name, description, tags, is_public } = event.data;
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
        versions: [...(known?.versions ?? []), published],
        created_at: known?.created_at ?? at,
        updated_at: at,
      };
    }
    case 'DefinitionChanged':
      return state.status === 'unknown' ? state : { ...state, ...event.data, updated_at: at };
    case 'DefinitionDeleted':
      return state.status === 'unknown' ? state : { ...state, status: 'deleted', updated_at: at };
  }
}
