import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import {
  decideTemplate,
  evolveTemplate,
  unknownTemplate,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateSaved,
  type TemplateState,
} from './template.decider.js';

const noon = '2026-01-01T12:00:00.000Z';
const one: Omit<TemplateSaved, 'version'> = {
  name: 'Writer',
  description: '',
  category: 'writing',
  tags: ['demo'],
  is_public: false,
  content_digest: 'sha256:1',
  node_count: 3,
  edge_count: 2,
  parameter_count: 1,
  owner: 'usr_1',
};
const saved = (version: number, more: Partial<TemplateSaved> = {}): TemplateEvent => ({
  type: 'TemplateSaved',
  data: { ...one, ...more, version },
});
const deleted: TemplateEvent = { type: 'TemplateDeleted', data: {} };

const stateAfter = (...history: readonly TemplateEvent[]): TemplateState =>
  history.reduce((before, event) => evolveTemplate(before, event, noon), unknownTemplate);
const given = (...history: readonly TemplateEvent[]) => ({
  when: (command: TemplateCommand) => ({
    then: (...events: readonly TemplateEvent[]) =>
      expect(decideTemplate(stateAfter(...history), command)).toEqual(events),
    isRefused: (code: string) =>
      expect(() => decideTemplate(stateAfter(...history), command)).toThrow(
        expect.objectContaining({ code, constructor: Refusal }),
      ),
  }),
});

describe('Saving a template', () => {
  it('makes the next version (rule 1)', () => {
    given().when({ type: 'Save', saved: one, seen: 0 }).then(saved(1));
    given(saved(1)).when({ type: 'Save', saved: one }).then(saved(2));
  });

  it('keeps who made it, when, and under which request', () => {
    const later = saved(2, { name: 'Author', owner: 'usr_2', request_digest: 'sha256:other' });
    expect(stateAfter(saved(1, { request_digest: 'sha256:r' }), later)).toEqual({
      status: 'saved',
      name: 'Author',
      description: '',
      category: 'writing',
      tags: ['demo'],
      is_public: false,
      owner: 'usr_1',
      version: 2,
      content_digest: 'sha256:1',
      request_digest: 'sha256:r',
      created_at: noon,
      updated_at: noon,
    });
    expect(stateAfter(saved(1))).toMatchObject({ request_digest: null });
  });

  it('is refused to who has seen another version, and says which is the newest (rule 3)', () => {
    given(saved(1), saved(2)).when({ type: 'Save', saved: one, seen: 1 }).isRefused('version_is_stale');
    given(saved(1), saved(2)).when({ type: 'Delete', seen: 1 }).isRefused('version_is_stale');
    given(saved(1)).when({ type: 'Save', saved: one, seen: 0 }).isRefused('version_is_stale');
    given(saved(1), saved(2)).when({ type: 'Save', saved: one, seen: 2 }).then(saved(3));
  });
});

describe('Deleting a template', () => {
  it('ends it: what comes after is refused (rule 2)', () => {
    given(saved(1)).when({ type: 'Delete' }).then(deleted);
    given(saved(1), deleted).when({ type: 'Delete' }).isRefused('template_not_found');
    given(saved(1), deleted).when({ type: 'Save', saved: one }).isRefused('template_not_found');
    expect(stateAfter(saved(1), deleted)).toMatchObject({ status: 'deleted', version: 1 });
  });

  it('needs one', () => {
    given().when({ type: 'Delete' }).isRefused('template_not_found');
    expect(stateAfter(deleted)).toEqual(unknownTemplate);
  });
});
