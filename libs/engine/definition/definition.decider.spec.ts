import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../execution/refusal.js';
import {
  decideDefinition,
  evolveDefinition,
  unknownDefinition,
  type DefinitionCommand,
  type DefinitionEvent,
  type DefinitionPublished,
  type DefinitionState,
} from './definition.decider.js';

const noon = '2026-01-01T12:00:00.000Z';
const one: Omit<DefinitionPublished, 'version'> = {
  name: 'Triage',
  description: '',
  tags: ['demo'],
  is_public: false,
  metadata: {},
  graph_digest: 'sha256:1',
  node_count: 3,
  edge_count: 2,
  owner: 'usr_1',
};
const published = (version: number, more: Partial<DefinitionPublished> = {}): DefinitionEvent => ({
  type: 'DefinitionPublished',
  data: { ...one, ...more, version },
});
const deleted: DefinitionEvent = { type: 'DefinitionDeleted', data: {} };

const stateAfter = (...history: readonly DefinitionEvent[]): DefinitionState =>
  history.reduce((before, event) => evolveDefinition(before, event, noon), unknownDefinition);
const given = (...history: readonly DefinitionEvent[]) => ({
  when: (command: DefinitionCommand) => ({
    then: (...events: readonly DefinitionEvent[]) =>
      expect(decideDefinition(stateAfter(...history), command)).toEqual(events),
    isRefused: (code: string) =>
      expect(() => decideDefinition(stateAfter(...history), command)).toThrow(
        expect.objectContaining({ code, constructor: Refusal }),
      ),
  }),
});

describe('Publishing', () => {
  it('makes the next version (rule 1)', () => {
    given().when({ type: 'Publish', published: one }).then(published(1));
    given(published(1)).when({ type: 'Publish', published: one }).then(published(2));
  });

  it('asks whether that is still the newest, where the writer says what it has seen', () => {
    given(published(1)).when({ type: 'Publish', published: one, seen: 1 }).then(published(2));
    given(published(1), published(2)).when({ type: 'Publish', published: one, seen: 1 }).isRefused('version_is_stale');
    given(published(1)).when({ type: 'Publish', published: one, seen: 0 }).isRefused('version_is_stale');
  });

  it('leaves the versions before as they were, and the owner and the beginning', () => {
    const later = published(2, { name: 'Triage 2', graph_digest: 'sha256:2', owner: 'usr_2', restored_from: 1 });
    expect(stateAfter(published(1), later)).toEqual({
      status: 'published',
      name: 'Triage 2',
      description: '',
      tags: ['demo'],
      is_public: false,
      owner: 'usr_1',
      active: false,
      active_since: null,
      created_at: noon,
      updated_at: noon,
      published_draft: 0,
      versions: [
        {
          version: 1,
          name: 'Triage',
          graph_digest: 'sha256:1',
          metadata: {},
          published_at: noon,
          published_by: 'usr_1',
          restored_from: null,
        },
        {
          version: 2,
          name: 'Triage 2',
          graph_digest: 'sha256:2',
          metadata: {},
          published_at: noon,
          published_by: 'usr_2',
          restored_from: 1,
        },
      ],
    });
  });
});

describe('Of a draft', () => {
  it('a version remembers the revision, and later versions do not forget it', () => {
    const ofDraft = published(2, { draft_revision: 7 });
    given(published(1))
      .when({ type: 'Publish', published: { ...one, draft_revision: 7 } })
      .then(ofDraft);
    expect(stateAfter(published(1), ofDraft, published(3))).toMatchObject({ published_draft: 7 });
  });
});

describe('Changing', () => {
  it('needs no new version (rule 2)', () => {
    const changed: DefinitionEvent = { type: 'DefinitionChanged', data: { name: 'Other', active: true } };
    given(published(1))
      .when({ type: 'Change', changes: { name: 'Other', active: true } })
      .then(changed);
    expect(stateAfter(published(1), changed)).toMatchObject({
      name: 'Other',
      active: true,
      versions: [{ version: 1, name: 'Triage' }],
    });
  });

  it('nothing is no event', () => {
    given(published(1)).when({ type: 'Change', changes: {} }).then();
  });
});

describe('Deleting', () => {
  it('ends it: what comes after is refused (rule 3)', () => {
    given(published(1)).when({ type: 'Delete' }).then(deleted);
    for (const command of [
      { type: 'Delete' },
      { type: 'Change', changes: { name: 'x' } },
      { type: 'Publish', published: one },
    ] as const) {
      given(published(1), deleted).when(command).isRefused('definition_not_found');
    }
    expect(stateAfter(published(1), deleted)).toMatchObject({ status: 'deleted', versions: [{ version: 1 }] });
  });
});

describe('Who says which version they have seen (rule 4)', () => {
  it('is refused where it is not the newest, whatever they want, and told which is', () => {
    for (const command of [
      { type: 'Delete', seen: 1 },
      { type: 'Change', changes: { name: 'x' }, seen: 1 },
      { type: 'Publish', published: one, seen: 1 },
    ] as const) {
      given(published(1), published(2)).when(command).isRefused('version_is_stale');
      expect(() => decideDefinition(stateAfter(published(1), published(2)), command)).toThrow(
        expect.objectContaining({ facts: { current_version: 2 } }),
      );
    }
    given(published(1)).when({ type: 'Delete', seen: 1 }).then(deleted);
  });
});

describe('Of a definition that was never published', () => {
  it('later facts make nothing', () => {
    expect(stateAfter(deleted, { type: 'DefinitionChanged', data: { name: 'x' } })).toEqual(unknownDefinition);
  });
});
