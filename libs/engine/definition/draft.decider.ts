import { Refusal } from '../execution/refusal.js';

/** Facts about the draft of one definition. Each says everything, so that only the last has to be read. */
export type DraftEvent =
  | { readonly type: 'DraftSaved'; readonly data: DraftSaved }
  | { readonly type: 'DraftDiscarded'; readonly data: { readonly revision: number } };

export interface DraftSaved {
  /** From 1, and never the same again: also behind drafts that were discarded or published. */
  readonly revision: number;
  /** The newest version when this draft was begun. */
  readonly based_on: number;
  /** What was saved is in the payload store, under this SHA-256. */
  readonly content: string;
  readonly saved_by: string;
}

export interface KeptDraft extends DraftSaved {
  readonly saved_at: string;
}

export interface DraftState {
  readonly revision: number;
  readonly kept: KeptDraft | null;
}

/** `publishedUpTo`: drafts up to this revision have become versions. `seen`: the revision that the writer has seen. */
export type DraftCommand = { readonly publishedUpTo: number; readonly seen?: number } & (
  | { readonly type: 'Save'; readonly content: string; readonly newest: number; readonly by: string }
  | { readonly type: 'Discard' }
);

export const noDraft: DraftState = { revision: 0, kept: null };

/** The draft that is there: one that has become a version is not. */
export const draftIn = ({ kept }: DraftState, publishedUpTo: number): KeptDraft | null =>
  kept && kept.revision > publishedUpTo ? kept : null;

/**
 * What an editor saves by itself: one draft per definition, any number of times.
 *
 * 1. Who says which revision they have `seen` is refused where that is not what is there.
 * 2. The same again changes nothing.
 * 3. A draft stays based on the version that it was begun from.
 * 4. Only a draft that is there can be discarded.
 */
export function decideDraft(state: DraftState, command: DraftCommand): readonly DraftEvent[] {
  const there = draftIn(state, command.publishedUpTo);
  if (command.seen !== undefined && command.seen !== there?.revision) throw stale(there, command.seen); // rule 1
  const revision = state.revision + 1;
  switch (command.type) {
    case 'Save': {
      const { content, newest, by } = command;
      if (there?.content === content) return []; // rule 2
      const based_on = there?.based_on ?? newest; // rule 3
      return [{ type: 'DraftSaved', data: { revision, based_on, content, saved_by: by } }];
    }
    case 'Discard':
      if (!there) throw new Refusal('draft_not_found', 'This definition has no draft.'); // rule 4
      return [{ type: 'DraftDiscarded', data: { revision } }];
  }
}

export function evolveDraft(_state: DraftState, event: DraftEvent, at: string): DraftState {
  const { revision } = event.data;
  switch (event.type) {
    case 'DraftSaved':
      return { revision, kept: { ...event.data, saved_at: at } };
    case 'DraftDiscarded':
      return { revision, kept: null };
  }
}

const stale = (there: KeptDraft | null, seen: number): Refusal =>
  new Refusal(
    'draft_is_stale',
    there
      ? `The draft is at revision ${there.revision}, not ${seen}: somebody has saved meanwhile. Read it, then save again.`
      : `There is no draft any more, and so none of revision ${seen}: it was published or discarded. Read the definition.`,
    { current_revision: there?.revision ?? null },
  );
