import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { TimerFilter } from './timers.queries.js';

const set = (id: string, path: string, minute: number, tenant = 'default') =>
  log.record(`execution-${id}`, 'TimerSet', { config: {}, path, due_at: at(minute) }, { tenant, at: at(0) });
const list = async (filter: Partial<TimerFilter> = {}) => {
  await seen();
  return readModel.timers.list({ tenant: 'default', ...filter });
};
const ids = async (filter: Partial<TimerFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  beforeEach(() => {
    set('a', 'rest', 30);
    set('a', 'm[0]/rest', 10);
    set('b', 'rest', 20);
    set('elsewhere', 'rest', 1, 'other');
  });

  describe('listing timers', () => {
    it('gives those of all executions, one by one, the first due first', async () => {
      expect(await ids()).toEqual(['a/m[0]/rest', 'b/rest', 'a/rest']);
      expect(await ids({ sort: '-due_at' })).toEqual(['a/rest', 'b/rest', 'a/m[0]/rest']);
      expect((await list({ limit: 1 })).rows).toEqual([
        {
          execution_id: 'a',
          id: 'a/m[0]/rest',
          path: 'm[0]/rest',
          node_id: 'rest',
          type: 'timer',
          set_at: at(0),
          due_at: at(10),
        },
      ]);
    });

    it('gives those of one execution, or of a time', async () => {
      expect(await ids({ execution_id: 'a' })).toEqual(['a/m[0]/rest', 'a/rest']);
      expect(await ids({ due_after: at(10), due_before: at(20) })).toEqual(['a/m[0]/rest']);
      await expect(list({ due_after: 'soon' })).rejects.toThrow('"due_after" must be a moment');
    });

    it('goes on page by page, though many are due at one moment', async () => {
      for (const id of ['c', 'd', 'e']) set(id, 'rest', 20);
      const pages: string[][] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ limit: 2, cursor });
        expect(page.total_count).toBe(6);
        pages.push(page.rows.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(pages).toEqual([
        ['a/m[0]/rest', 'b/rest'],
        ['c/rest', 'd/rest'],
        ['e/rest', 'a/rest'],
      ]);
    });

    it('gives no timer that has fired', async () => {
      log.record('execution-b', 'TimerFired', { path: 'rest' });
      expect(await ids()).toEqual(['a/m[0]/rest', 'a/rest']);
    });
  });
});
