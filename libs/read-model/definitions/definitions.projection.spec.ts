import { describe, it } from '@jest/globals';
import { publication } from '../testing/facts.js';
import { specification } from '../testing/specification.js';
import { definitions, type DefinitionFact } from './definitions.projection.js';

const given = specification(definitions, 'd1');
const published = (different: Parameters<typeof publication>[0] = {}): DefinitionFact => ({
  type: 'DefinitionPublished',
  data: publication(different),
});
const changed = (data: Extract<DefinitionFact, { type: 'DefinitionChanged' }>['data']): DefinitionFact => ({
  type: 'DefinitionChanged',
  data,
});
const deleted: DefinitionFact = { type: 'DefinitionDeleted', data: {} };

describe('the list of definitions', () => {
  it('shows what was published', () => {
    given(published()).thenRow({
      id: 'd1',
      tenant: 'default',
      name: 'Support triage',
      description: 'Sorts what comes in',
      tags: '["support"]',
      is_public: 0,
      owner_id: 'usr_ada',
      version: 1,
      created_at: '2026-01-31T12:00:00.000Z',
      updated_at: '2026-01-31T12:00:00.000Z',
      active: 0,
      deleted: 0,
      graph_digest: 'sha256:g',
      node_count: 5,
      search: 'd1\nsupport triage\nsorts what comes in',
      position: '1',
    });
  });

  it('keeps the owner, the beginning and the triggers of the version before', () => {
    given(published(), changed({ active: true }), published({ version: 2, name: 'Triage', owner: 'usr_bob' })).then({
      version: 2,
      name: 'Triage',
      owner_id: 'usr_ada',
      created_at: '2026-01-31T12:00:00.000Z',
      updated_at: '2026-01-31T12:02:00.000Z',
      active: 1,
    });
  });

  it('changes what is named, and nothing else', () => {
    given(published(), changed({ name: 'Inbox' })).then({
      name: 'Inbox',
      description: 'Sorts what comes in',
      tags: '["support"]',
      is_public: 0,
      search: 'd1\ninbox\nsorts what comes in',
    });
    given(published(), changed({ description: null, tags: ['a', 'b'], is_public: true })).then({
      name: 'Support triage',
      description: null,
      tags: '["a","b"]',
      is_public: 1,
      version: 1,
    });
  });

  it('marks what was deleted, and brings it back when it is published again', () => {
    given(published(), deleted).then({ deleted: 1, updated_at: '2026-01-31T12:01:00.000Z' });
    given(published(), deleted, published({ version: 2 })).then({ deleted: 0, version: 2 });
  });

  it('refuses a stream that does not begin with a version', () => {
    given(deleted).thenRefused('does not begin with DefinitionPublished');
  });
});
