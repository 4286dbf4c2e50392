import { describe, expect, it } from '@jest/globals';
import { publication } from '../testing/facts.js';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { DefinitionFilter } from './definitions.queries.js';

const publish = (id: string, minute: number, different: Parameters<typeof publication>[0] = {}, tenant = 'default') =>
  log.record(`definition-${id}`, 'DefinitionPublished', publication(different), { tenant, at: at(minute) });
const list = (filter: Partial<DefinitionFilter> = {}) =>
  readModel.definitions.list({ tenant: 'default', subject: 'usr_ada', ...filter });
const ids = async (filter: Partial<DefinitionFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  describe('listing definitions', () => {
    it('gives a row as it is shown', async () => {
      const position = publish('a', 1);
      await seen();
      expect(await list()).toEqual({
        rows: [
          {
            id: 'a',
            tenant: 'default',
            name: 'Support triage',
            description: 'Sorts what comes in',
            tags: ['support'],
            is_public: false,
            owner_id: 'usr_ada',
            version: 1,
            created_at: at(1),
            updated_at: at(1),
            active: false,
            graph_digest: 'sha256:g',
            node_count: 5,
            position,
          },
        ],
        total_count: 1,
        next_cursor: null,
      });
    });

    it("shows one's own and what is public, of one's own tenant", async () => {
      publish('mine', 1);
      publish('theirs', 2, { owner: 'usr_bob' });
      publish('public', 3, { owner: 'usr_bob', is_public: true });
      publish('elsewhere', 4, { is_public: true }, 'other');
      await seen();
      expect(await ids()).toEqual(['public', 'mine']);
      expect(await ids({ subject: 'usr_bob' })).toEqual(['public', 'theirs']);
    });

    it('no longer shows what was deleted', async () => {
      publish('a', 1);
      publish('b', 2);
      log.record('definition-a', 'DefinitionDeleted', {});
      await seen();
      expect(await ids()).toEqual(['b']);
    });

    it('filters by tag and text, and sorts by name', async () => {
      publish('a', 1, { name: 'Zebra', tags: ['x'] });
      publish('b', 2, { name: 'Ape', description: 'has a zebra as friend' });
      publish('c', 3, { name: 'Bee', tags: ['y', 'z'] });
      await seen();
      expect(await ids({ tag: 'x' })).toEqual(['a']);
      expect(await ids({ tag: ',' })).toEqual([]);
      expect(await ids({ text: 'ZEBRA' })).toEqual(['b', 'a']);
      expect(await ids({ sort: 'name' })).toEqual(['b', 'c', 'a']);
      expect(await ids({ sort: '-created_at', limit: 2 })).toEqual(['c', 'b']);
    });
  });
});
