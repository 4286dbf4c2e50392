import { describe, expect, it } from '@jest/globals';
import { acceptance, failure, metrics, template } from '../testing/facts.js';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { BuiltInRow, TemplateFilter } from './templates.queries.js';

const save = (id: string, minute: number, different: Parameters<typeof template>[0] = {}, tenant = 'default') =>
  log.record(`template-${id}`, 'TemplateSaved', template(different), { tenant, at: at(minute) });

const builtIn: BuiltInRow = {
  id: 'built-in',
  name: 'Chat',
  description: 'Talks',
  category: 'chat',
  tags: ['built-in'],
  is_public: true,
  owner_id: 'system',
  version: 1,
  node_count: 3,
  parameter_count: 0,
  created_at: at(0),
  updated_at: at(0),
};
const list = (filter: Partial<TemplateFilter> = {}) =>
  readModel.templates.list({ tenant: 'default', subject: 'usr_ada', ...filter }, [builtIn]);
const ids = async (filter: Partial<TemplateFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  describe('listing templates', () => {
    it('gives a row as it is shown, and those that are built in', async () => {
      const position = save('a', 1);
      await seen();
      expect(await list()).toEqual({
        rows: [
          {
            id: 'a',
            tenant: 'default',
            name: 'Blog writer',
            description: 'Writes a post',
            category: 'writing',
            tags: ['blog'],
            is_public: false,
            owner_id: 'usr_ada',
            version: 1,
            node_count: 3,
            parameter_count: 2,
            created_at: at(1),
            updated_at: at(1),
            position,
          },
          { ...builtIn, tenant: 'default', position: '' },
        ],
        total_count: 2,
        next_cursor: null,
      });
    });

    it("shows one's own and what is public, of one's own tenant", async () => {
      save('mine', 1);
      save('theirs', 2, { owner: 'usr_bob' });
      save('public', 3, { owner: 'usr_bob', is_public: true });
      save('elsewhere', 4, { is_public: true }, 'other');
      save('gone', 5);
      log.record('template-gone', 'TemplateDeleted', {});
      await seen();
      expect(await ids()).toEqual(['public', 'mine', 'built-in']);
      expect(await ids({ subject: 'usr_bob' })).toEqual(['public', 'theirs', 'built-in']);
      expect(await ids({ tenant: 'other' })).toEqual(['elsewhere', 'built-in']);
    });

    it('filters by category, tag, text and visibility, built-in ones too', async () => {
      save('a', 1, { name: 'Zebra', tags: ['x'], category: 'chat' });
      save('b', 2, { name: 'Ape', description: 'has a zebra as friend', is_public: true });
      await seen();
      expect(await ids({ category: 'chat' })).toEqual(['a', 'built-in']);
      expect(await ids({ tag: 'x' })).toEqual(['a']);
      expect(await ids({ tag: 'built-in' })).toEqual(['built-in']);
      expect(await ids({ text: 'ZEBRA' })).toEqual(['b', 'a']);
      expect(await ids({ text: 'talks' })).toEqual(['built-in']);
      expect(await ids({ is_public: true })).toEqual(['b', 'built-in']);
      expect(await ids({ is_public: false })).toEqual(['a']);
    });

    it('goes on page by page, in every order', async () => {
      save('a', 1, { name: 'Ape' });
      save('b', 2, { name: 'Zebra' });
      await seen();
      expect(await ids({ sort: 'name' })).toEqual(['a', 'built-in', 'b']);
      const first = await list({ sort: 'name', limit: 1 });
      const second = await list({ sort: 'name', limit: 1, cursor: first.next_cursor });
      expect([first.total_count, second.rows[0]!.id]).toEqual([3, 'built-in']);
    });

    it('finds by name what one can see', async () => {
      save('mine', 1);
      save('theirs', 2, { owner: 'usr_bob' });
      save('public', 3, { owner: 'usr_bob', is_public: true });
      save('other', 3, { name: 'Another' });
      await seen();
      const found = await readModel.templates.named('default', 'usr_ada', 'Blog writer');
      expect(found.map(({ id }) => id)).toEqual(['mine', 'public']);
    });
  });

  describe('the use of a template', () => {
    const accept = (id: string, minute: number, template_id: string | null = 't1', tenant = 'default') =>
      log.record(
        `execution-${id}`,
        'ExecutionAccepted',
        acceptance({ workflow_type: 'template', definition_id: null, template_id, template_name: 'Blog writer' }),
        { at: at(minute), tenant },
      );
    const end = (id: string, minute: number, ms: number) =>
      log.record(
        `execution-${id}`,
        'ExecutionCompleted',
        { output: null, metrics: { ...metrics, execution_time_ms: ms } },
        { at: at(minute) },
      );

    it('is nothing before the first', async () => {
      accept('other', 1, 't2');
      accept('elsewhere', 2, 't1', 'other');
      await seen();
      expect(await readModel.templateUsage.of('default', 't1')).toEqual({
        usage_count: 0,
        success_count: 0,
        failure_count: 0,
        success_rate: 0,
        avg_execution_time_ms: null,
        p95_execution_time_ms: null,
        total_tokens_used: 0,
        avg_tokens_per_execution: null,
        total_cost_nano: 0,
        last_used_at: null,
        last_success_at: null,
        last_failure_at: null,
      });
    });

    it('is counted from its executions', async () => {
      for (let at = 1; at <= 20; at += 1) {
        accept(`e${at}`, at);
        end(`e${at}`, at + 1, at * 10);
      }
      accept('f', 30);
      log.record('execution-f', 'ExecutionFailed', { ...failure, metrics }, { at: at(31) });
      accept('c', 40);
      log.record('execution-c', 'ExecutionCancelled', { reason: null, metrics }, { at: at(41) });
      accept('running', 50);
      await seen();
      expect(await readModel.templateUsage.of('default', 't1')).toEqual({
        usage_count: 23,
        success_count: 20,
        failure_count: 1,
        success_rate: 95.24,
        avg_execution_time_ms: 99.09,
        p95_execution_time_ms: 190,
        total_tokens_used: 22 * 150,
        avg_tokens_per_execution: 150,
        total_cost_nano: 22 * 2_500_000,
        last_used_at: at(50),
        last_success_at: at(21),
        last_failure_at: at(31),
      });
    });
  });
});
