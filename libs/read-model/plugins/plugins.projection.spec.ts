import { describe, it } from '@jest/globals';
import type { PluginEvent, PluginFacts } from '#engine';
import { specification } from '../testing/specification.js';
import { plugins } from './plugins.projection.js';

const facts: PluginFacts = {
  name: '@acme/greet',
  version: '1.2.0',
  digest: 'aa01',
  source: 'outside',
  node_types: ['greet@1', 'Part@2'],
  tools: ['hail'],
  permissions: { http: ['api.example.com'], models: [], tools: [] },
};
const installed = (different: Partial<PluginFacts> = {}): PluginEvent => ({
  type: 'PluginInstalled',
  data: { ...facts, ...different },
});
const removed: PluginEvent = { type: 'PluginRemoved', data: { digest: 'aa01' } };

describe('a version of a plugin', () => {
  const givenFacts = specification(plugins, 'aa01');

  it('is told with what it brings, and since when it is there', () => {
    givenFacts(installed()).thenRow({
      id: 'aa01',
      name: '@acme/greet',
      version: '1.2.0',
      source: 'outside',
      node_types: '["greet@1","Part@2"]',
      tools: '["hail"]',
      permissions: '{"http":["api.example.com"],"models":[],"tools":[]}',
      status: 'installed',
      first_installed_at: '2026-01-31T12:00:00.000Z',
      installed_at: '2026-01-31T12:00:00.000Z',
      removed_at: null,
      search: 'aa01\n@acme/greet\n1.2.0\ngreet@1\npart@2\nhail',
      position: '1',
    });
    givenFacts(installed({ permissions: null })).then({ permissions: null });
  });

  it('keeps its row when it is removed, and is there again when it comes back', () => {
    givenFacts(installed(), removed).then({ status: 'removed', removed_at: '2026-01-31T12:01:00.000Z', position: '2' });
    givenFacts(installed(), removed, installed()).then({
      status: 'installed',
      first_installed_at: '2026-01-31T12:00:00.000Z',
      installed_at: '2026-01-31T12:02:00.000Z',
      removed_at: null,
    });
  });

  it('cannot be removed before it came', () =>
    givenFacts(removed).thenRefused('aa01 was removed, but never installed'));
});
