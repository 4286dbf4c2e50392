import { describe, expect, it } from '@jest/globals';
import type { PluginFacts } from '#engine';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { PluginFilter } from './plugins.queries.js';

const facts: PluginFacts = {
  name: '@acme/greet',
  version: '1.0.0',
  digest: 'aa',
  source: 'outside',
  node_types: ['greet@1'],
  tools: [],
  permissions: { http: ['api.example.com'], models: [], tools: [] },
};
const install = (minute: number, different: Partial<PluginFacts> = {}) => {
  const data = { ...facts, ...different };
  return log.record(`plugin-${data.name}`, 'PluginInstalled', data, { at: at(minute) });
};
const remove = (minute: number, digest: string) =>
  log.record('plugin-@acme/greet', 'PluginRemoved', { digest }, { at: at(minute) });
const list = async (filter: PluginFilter = {}) => {
  await seen();
  return readModel.plugins.list(filter);
};
const ids = async (filter?: PluginFilter) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  describe('listing plugins', () => {
    it('gives a row as it is shown', async () => {
      const position = install(1);
      expect((await list()).rows).toEqual([
        {
          id: 'aa',
          name: '@acme/greet',
          version: '1.0.0',
          source: 'outside',
          node_types: ['greet@1'],
          tools: [],
          permissions: { http: ['api.example.com'], models: [], tools: [] },
          status: 'installed',
          first_installed_at: at(1),
          installed_at: at(1),
          removed_at: null,
          position,
        },
      ]);
    });

    it('has a row for each version of one plugin, and finds it by what is asked', async () => {
      install(1, { name: 'start', digest: 'cc', source: 'built-in', permissions: null, node_types: ['start@1'] });
      install(2);
      remove(3, 'aa');
      install(3, { version: '2.0.0', digest: 'bb', node_types: ['greet@2'], tools: ['hail'] });
      expect(await ids()).toEqual(['aa', 'bb', 'cc']);
      expect(await ids({ sort: '-installed_at' })).toEqual(['bb', 'aa', 'cc']);
      expect(await ids({ status: 'installed' })).toEqual(['bb', 'cc']);
      expect(await ids({ status: 'removed' })).toEqual(['aa']);
      expect(await ids({ name: 'start' })).toEqual(['cc']);
      expect(await ids({ text: 'GREET@2' })).toEqual(['bb']);
      expect(await ids({ text: 'hail', status: 'removed' })).toEqual([]);
    });

    it('goes on behind the last of a page', async () => {
      for (const digest of ['aa', 'bb', 'cc']) install(1, { digest });
      const first = await list({ limit: 2 });
      expect(first).toMatchObject({ total_count: 3, rows: [{ id: 'aa' }, { id: 'bb' }] });
      expect(await ids({ limit: 2, cursor: first.next_cursor })).toEqual(['cc']);
    });
  });
});
