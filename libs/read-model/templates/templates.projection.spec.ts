import { describe, it } from '@jest/globals';
import { specification } from '../testing/specification.js';
import { template } from '../testing/facts.js';
import { templates, type TemplateFact } from './templates.projection.js';

const given = specification(templates, 't1');
const saved = (different: Parameters<typeof template>[0] = {}): TemplateFact => ({
  type: 'TemplateSaved',
  data: template(different),
});
const deleted: TemplateFact = { type: 'TemplateDeleted', data: {} };

describe('the list of templates', () => {
  it('shows what was saved', () => {
    given(saved()).thenRow({
      id: 't1',
      tenant: 'default',
      name: 'Blog writer',
      description: 'Writes a post',
      category: 'writing',
      tags: '["blog"]',
      is_public: 0,
      owner_id: 'usr_ada',
      version: 1,
      node_count: 3,
      parameter_count: 2,
      created_at: '2026-01-31T12:00:00.000Z',
      updated_at: '2026-01-31T12:00:00.000Z',
      deleted: 0,
      search: 't1\nblog writer\nwrites a post\nwriting',
      position: '1',
    });
  });

  it('keeps the owner and the beginning of the version before (rule 1)', () => {
    given(saved(), saved({ version: 2, name: 'Author', owner: 'usr_bob', is_public: true })).then({
      version: 2,
      name: 'Author',
      is_public: 1,
      owner_id: 'usr_ada',
      created_at: '2026-01-31T12:00:00.000Z',
      updated_at: '2026-01-31T12:01:00.000Z',
    });
  });

  it('marks what was deleted (rule 2)', () => {
    given(saved(), deleted).then({ deleted: 1, updated_at: '2026-01-31T12:01:00.000Z' });
  });

  it('refuses a stream that does not begin with a version', () => {
    given(deleted).thenRefused('does not begin with TemplateSaved');
  });
});
