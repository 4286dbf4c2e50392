import { beforeEach, describe, expect, it } from '@jest/globals';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { ApprovalFilter } from './approvals.queries.js';

const shown = { title: 'Pay?', show: null, fields: null };
const ask = (execution: string, id: string, minute: number, { assignees = ['ada'], tenant = 'default' } = {}) =>
  log.record(
    `execution-${execution}`,
    'ApprovalRequested',
    { path: id, approval_id: id, shown, shown_digest: 'sha256:1', assignees, quorum: 1, config: {} },
    { tenant, at: at(minute) },
  );
const close = (execution: string, id: string, outcome: string) =>
  log.record(`execution-${execution}`, 'ApprovalClosed', { path: id, approval_id: id, outcome });
const list = async (filter: Partial<ApprovalFilter> = {}) => {
  await seen();
  return readModel.approvals.list({ tenant: 'default', ...filter });
};
const ids = async (filter: Partial<ApprovalFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  beforeEach(() => {
    ask('a', 'a1', 1);
    ask('a', 'a2', 4, { assignees: [] });
    ask('b', 'b1', 2, { assignees: ['bob'] });
    ask('elsewhere', 'x', 3, { tenant: 'other' });
  });

  describe('listing approvals', () => {
    it('gives those of all executions, one by one, the newest first', async () => {
      expect(await ids()).toEqual(['a2', 'b1', 'a1']);
      expect(await ids({ sort: 'requested_at' })).toEqual(['a1', 'b1', 'a2']);
      expect((await list({ execution_id: 'b' })).rows).toMatchObject([
        { id: 'b1', execution_id: 'b', shown, votes: [] },
      ]);
    });

    it('gives those that wait for a decision, or came to one', async () => {
      close('a', 'a1', 'approved');
      expect(await ids({ status: 'pending' })).toEqual(['a2', 'b1']);
      expect(await ids({ status: 'approved' })).toEqual(['a1']);
    });

    it('gives those that one may decide, or everybody', async () => {
      expect(await ids({ assignees: ['ada', 'admin'] })).toEqual(['a2', 'a1']);
      expect(await ids({ assignees: ['nobody'] })).toEqual(['a2']);
    });

    it('goes on page by page, though many were asked at one moment', async () => {
      for (const id of ['c', 'd', 'e']) ask(id, `${id}1`, 2);
      const pages: string[][] = [];
      let cursor: string | null = null;
      do {
        const page = await list({ limit: 2, cursor });
        pages.push(page.rows.map(({ id }) => id));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(pages).toEqual([
        ['a2', 'e1'],
        ['d1', 'c1'],
        ['b1', 'a1'],
      ]);
    });
  });
});
