import { describe, expect, it } from '@jest/globals';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { ConversationFilter } from './conversations.queries.js';

const record = (id: string, type: string, data: object, minute: number, tenant = 'default') =>
  log.record(`conversation-${id}`, type, data, { tenant, at: at(minute) });
const begin = (id: string, minute: number, { owner = 'usr_ada', message = 'Hello', tenant = 'default' } = {}) => {
  record(id, 'ConversationStarted', { owner }, minute, tenant);
  record(id, 'MessageReceived', { message }, minute, tenant);
};
const list = async (filter: Partial<ConversationFilter> = {}) => {
  await seen();
  return readModel.conversations.list({ tenant: 'default', owner: 'usr_ada', ...filter });
};
const ids = async (filter: Partial<ConversationFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  describe('listing conversations', () => {
    it("gives one's own, the one spoken in last first", async () => {
      begin('a', 1);
      begin('b', 2);
      begin('theirs', 3, { owner: 'usr_bob' });
      begin('elsewhere', 4, { tenant: 'other' });
      const position = record('a', 'MessageAnswered', {}, 5);
      expect(await ids()).toEqual(['a', 'b']);
      expect(await ids({ sort: '-created_at' })).toEqual(['b', 'a']);
      expect((await list({ limit: 1 })).rows).toEqual([
        {
          id: 'a',
          tenant: 'default',
          owner_id: 'usr_ada',
          title: 'Hello',
          message_count: 2,
          unanswered: 0,
          created_at: at(1),
          updated_at: at(5),
          position,
        },
      ]);
    });

    it('looks for text, and shows none that was deleted', async () => {
      begin('a', 1, { message: 'About Penguins' });
      begin('b', 2, { message: 'About penguins, too' });
      record('b', 'ConversationDeleted', {}, 3);
      expect(await ids({ text: 'PENGUIN' })).toEqual(['a']);
    });

    it('tells whoever sees to that where a message awaits its answer, of every tenant', async () => {
      begin('a', 1);
      begin('b', 2, { tenant: 'other' });
      begin('c', 3);
      record('c', 'MessageFailed', {}, 4);
      await list();
      const { rows } = await readModel.conversations.unanswered({});
      expect(rows.map(({ id, tenant }) => [id, tenant])).toEqual([
        ['b', 'other'],
        ['a', 'default'],
      ]);
    });
  });
});
