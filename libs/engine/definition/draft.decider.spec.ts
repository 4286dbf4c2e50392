import { describe, expect, it } from '@jest/globals';
import {
  decideDraft,
  draftIn,
  evolveDraft,
  noDraft,
  type DraftCommand,
  type DraftEvent,
  type DraftState,
} from './draft.decider.js';

const noon = '2026-01-01T12:00:00.000Z';
const saved = (revision: number, content = 'aa', based_on = 1): DraftEvent => ({
  type: 'DraftSaved',
  data: { revision, based_on, content, saved_by: 'usr_1' },
});
const save = (content: string, more: object = {}): DraftCommand => ({
  type: 'Save',
  content,
  newest: 1,
  by: 'usr_1',
  publishedUpTo: 0,
  ...more,
});
const discard = (more: object = {}): DraftCommand => ({ type: 'Discard', publishedUpTo: 0, ...more });
/** Only the last event is ever read. */
const after = (last?: DraftEvent): DraftState => (last ? evolveDraft(noDraft, last, noon) : noDraft);
const refused = (code: string, facts: object = {}) => expect.objectContaining({ code, facts });

describe('A draft', () => {
  it('is saved, and saved again, on the version that it was begun from (rule 3)', () => {
    expect(decideDraft(noDraft, save('aa'))).toEqual([saved(1)]);
    expect(decideDraft(after(saved(1)), save('bb', { newest: 4 }))).toEqual([saved(2, 'bb')]);
    expect(after(saved(2, 'bb')).kept).toMatchObject({ revision: 2, saved_at: noon });
  });

  it('is not written again where nothing has changed (rule 2)', () => {
    expect(decideDraft(after(saved(3)), save('aa'))).toEqual([]);
  });

  it('is refused to who has seen another revision, or one that is gone (rule 1)', () => {
    expect(decideDraft(after(saved(3)), save('bb', { seen: 3 }))).toEqual([saved(4, 'bb')]);
    expect(() => decideDraft(after(saved(3)), save('bb', { seen: 2 }))).toThrow(
      refused('draft_is_stale', { current_revision: 3 }),
    );
    expect(() => decideDraft(noDraft, save('bb', { seen: 1 }))).toThrow(
      refused('draft_is_stale', { current_revision: null }),
    );
    expect(() => decideDraft(after(saved(3)), discard({ seen: 2 }))).toThrow(
      refused('draft_is_stale', { current_revision: 3 }),
    );
  });

  it('is gone once it is discarded, and its revision is never the next one again', () => {
    const [gone] = decideDraft(after(saved(3)), discard());
    expect(gone).toEqual({ type: 'DraftDiscarded', data: { revision: 4 } });
    expect(draftIn(after(gone), 0)).toBeNull();
    expect(decideDraft(after(gone), save('aa', { newest: 2 }))).toEqual([saved(5, 'aa', 2)]);
  });

  it('that is not there cannot be discarded (rule 4)', () => {
    expect(() => decideDraft(noDraft, discard())).toThrow(refused('draft_not_found'));
    expect(() => decideDraft(after(saved(3)), discard({ publishedUpTo: 3 }))).toThrow(refused('draft_not_found'));
  });

  it('that has become a version is gone, what was saved after it is not', () => {
    expect(draftIn(after(saved(3)), 3)).toBeNull();
    expect(draftIn(after(saved(4)), 3)).toMatchObject({ revision: 4 });
    expect(decideDraft(after(saved(3)), save('aa', { publishedUpTo: 3, newest: 2 }))).toEqual([saved(4, 'aa', 2)]);
  });
});
