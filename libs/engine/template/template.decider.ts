import { Refusal } from '../execution/refusal.js';

/** Facts about one template. */
export type TemplateEvent =
  | { readonly type: 'TemplateSaved'; readonly data: TemplateSaved }
  | { readonly type: 'TemplateDeleted'; readonly data: Record<string, never> };

export interface TemplateDetails {
  readonly name: string;
  readonly description: string;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly is_public: boolean;
}

export interface TemplateSaved extends TemplateDetails {
  readonly version: number;
  /** Nodes, edges and parameters are in the payload store, under this digest. */
  readonly content_digest: string;
  readonly node_count: number;
  readonly edge_count: number;
  readonly parameter_count: number;
  readonly owner: string;
  /** The definition that it was made of. */
  readonly definition_id?: string;
  /** Of the request that made it under an idempotency key. */
  readonly request_digest?: string;
}

export type TemplateState =
  | { readonly status: 'unknown' }
  | (TemplateDetails & {
      readonly status: 'saved' | 'deleted';
      readonly owner: string;
      readonly version: number;
      readonly content_digest: string;
      /** Of the request that made its first version; null where it had no idempotency key. */
      readonly request_digest: string | null;
      readonly created_at: string;
      readonly updated_at: string;
    });

export type SavedTemplate = Exclude<TemplateState, { status: 'unknown' }>;

export type TemplateCommand =
  | {
      readonly type: 'Save';
      readonly saved: Omit<TemplateSaved, 'version'>;
      /** The version the writer has seen (`If-Match`); 0: there must be none. */ readonly seen?: number;
    }
  | { readonly type: 'Delete'; readonly seen?: number };

export const unknownTemplate: TemplateState = { status: 'unknown' };

/**
 * 1. Saving makes the next version, which takes the place of the one before.
 * 2. A deleted template takes no more changes; the log keeps it, and what runs goes on.
 * 3. Who says which version they have `seen` is refused where that is not the newest any more.
 */
export function decideTemplate(state: TemplateState, command: TemplateCommand): readonly TemplateEvent[] {
  if (state.status === 'deleted') throw new Refusal('template_not_found', 'The template has been deleted.'); // rule 2
  const newest = state.status === 'unknown' ? 0 : state.version;
  if (command.seen !== undefined && command.seen !== newest) throw stale(newest, command.seen); // rule 3
  switch (command.type) {
    case 'Save':
      return [{ type: 'TemplateSaved', data: { ...command.saved, version: newest + 1 } }];
    case 'Delete':
      if (state.status === 'unknown') throw new Refusal('template_not_found', 'There is no such template.');
      return [{ type: 'TemplateDeleted', data: {} }];
  }
}

const stale = (newest: number, seen: number): Refusal =>
  new Refusal(
    'version_is_stale',
    `The newest version is ${newest}, not ${seen}: somebody has saved it meanwhile. Read it, then try again.`,
    { current_version: newest },
  );

export function evolveTemplate(state: TemplateState, event: TemplateEvent, at: string): TemplateState {
  switch (event.type) {
    case 'TemplateSaved': {
      const { name, description, category, tags, is_public, version, content_digest, owner, request_digest } =
        event.data;
      const known = state.status === 'unknown' ? null : state;
      return {
        status: 'saved',
        name,
        description,
        category,
        tags,
        is_public,
        owner: known?.owner ?? owner,
        version,
        content_digest,
        request_digest: known ? known.request_digest : (request_digest ?? null),
        created_at: known?.created_at ?? at,
        updated_at: at,
      };
    }
    case 'TemplateDeleted':
      return state.status === 'unknown' ? state : { ...state, status: 'deleted', updated_at: at };
  }
}
