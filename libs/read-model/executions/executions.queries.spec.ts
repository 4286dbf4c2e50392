import { describe, expect, it } from '@jest/globals';
import { acceptance, failure, metrics } from '../testing/facts.js';
import { at, describeLists, log, readModel, seen } from '../testing/lists-under-test.js';
import type { ExecutionFilter } from './executions.queries.js';

const accept = (id: string, minute: number, different: Parameters<typeof acceptance>[0] = {}, tenant = 'default') =>
  log.record(`execution-${id}`, 'ExecutionAccepted', acceptance(different), { tenant, at: at(minute) });
const complete = (id: string, different: Partial<typeof metrics> = {}) =>
  log.record(`execution-${id}`, 'ExecutionCompleted', { output: null, metrics: { ...metrics, ...different } });
const list = async (filter: Partial<ExecutionFilter> = {}) =>
  readModel.executions.list({ tenant: 'default', ...filter });
const ids = async (filter: Partial<ExecutionFilter> = {}) => (await list(filter)).rows.map(({ id }) => id);

describeLists(() => {
  describe('listing executions', () => {
    it('answers an empty log with an empty page', async () => {
      expect(await list()).toEqual({ rows: [], total_count: 0, next_cursor: null });
    });

    it('gives a row as it is shown, without what is only searched', async () => {
      const position = accept('a', 1, { tags: ['x', 'y'] });
      await seen();
      expect((await list()).rows).toEqual([
        {
          id: 'a',
          tenant: 'default',
          status: 'running',
          workflow_type: 'definition',
          definition_id: 'd1',
          definition_version: 3,
          definition_name: 'Simple Chat',
          template_id: null,
          conversation_id: null,
          subject: 'usr_ada',
          tags: ['x', 'y'],
          started_at: at(1),
          completed_at: null,
          duration_ms: null,
          tokens: 0,
          cost_nano: 0,
          error_code: null,
          error_message: null,
          position,
        },
      ]);
    });

    it('shows nothing of another tenant', async () => {
      accept('a', 1);
      accept('b', 2, {}, 'other');
      await seen();
      expect(await ids()).toEqual(['a']);
      expect(await ids({ tenant: 'other' })).toEqual(['b']);
      expect(await ids({ tenant: "x' or '1'='1" })).toEqual([]);
    });

    it('filters by each thing it can be filtered by', async () => {
      accept('a', 1, { tags: ['vip'], template_id: 't1', workflow_type: 'template', definition_id: null });
      accept('b', 2, { tags: ['VIP', 'vi"p'], conversation_id: 'c1' });
      accept('c', 3, { definition_id: 'd2', definition_name: 'Größe MESSEN' });
      complete('c');
      await seen();
      expect(await ids({ status: 'completed' })).toEqual(['c']);
      expect(await ids({ workflow_type: 'template' })).toEqual(['a']);
      expect(await ids({ definition_id: 'd2' })).toEqual(['c']);
      expect(await ids({ template_id: 't1' })).toEqual(['a']);
      expect(await ids({ conversation_id: 'c1' })).toEqual(['b']);
      expect(await ids({ tag: 'vip' })).toEqual(['a']);
      expect(await ids({ tag: 'vi"p' })).toEqual(['b']);
      expect(await ids({ tag: 'vi' })).toEqual([]);
      expect(await ids({ started_after: at(2) })).toEqual(['c', 'b']);
      expect(await ids({ started_before: '2026-01-31T13:02:00+01:00' })).toEqual(['a']);
      expect(await ids({ text: 'GRÖSSE' })).toEqual([]);
      expect(await ids({ text: 'größe m' })).toEqual(['c']);
      expect(await ids({ text: '100%' })).toEqual([]);
      expect(await ids({ text: '' })).toHaveLength(3);
      expect(await ids({ tag: 'vip', status: 'completed' })).toEqual([]);
    });

    it('finds a failed one by its error', async () => {
      accept('a', 1);
      log.record('execution-a', 'ExecutionFailed', failure);
      await seen();
      expect(await ids({ text: 'server said' })).toEqual(['a']);
    });

    it('finds one by the texts of what it was given, and of what came of it, as far as a search looks', async () => {
      accept('a', 1, {
        input: { order: { note: 'Two Zebras', n: 4711 }, long: 'x'.repeat(2_000), late: 'unseen' },
      } as never);
      log.record('execution-a', 'ExecutionCompleted', { output: ['A Giraffe'], metrics });
      await seen();
      for (const text of ['two zebras', '4711', 'giraffe']) expect(await ids({ text })).toEqual(['a']);
      for (const text of ['unseen', 'order']) expect(await ids({ text })).toEqual([]);
    });

    it('sorts by each thing it can be sorted by, both ways, with the unfinished as the shortest', async () => {
      accept('a', 1);
      accept('b', 2);
      accept('c', 3);
      complete('a', { execution_time_ms: 10, prompt_tokens: 5, cost_nano_usd: 9 });
      complete('b', { execution_time_ms: 5, prompt_tokens: 9, cost_nano_usd: 9 });
      await seen();
      expect(await ids()).toEqual(['c', 'b', 'a']);
      expect(await ids({ sort: 'started_at' })).toEqual(['a', 'b', 'c']);
      expect(await ids({ sort: '-duration_ms' })).toEqual(['a', 'b', 'c']);
      expect(await ids({ sort: 'tokens' })).toEqual(['c', 'a', 'b']);
      expect(await ids({ sort: '-cost' })).toEqual(['b', 'a', 'c']);
    });

    it.each(['-started_at', 'started_at', 'duration_ms', '-tokens'] as const)(
      'pages through all of them once, sorted by %s, also where many are alike',
      async (sort) => {
        for (let n = 0; n < 25; n += 1) {
          const id = String(n).padStart(2, '0');
          accept(id, n % 3);
          if (n % 4 === 0) complete(id);
        }
        await seen();
        const whole = await ids({ sort, limit: 200 });
        const paged: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page = await list({ sort, limit: 7, cursor });
          expect(page.total_count).toBe(25);
          paged.push(...page.rows.map(({ id }) => id));
          cursor = page.next_cursor;
        }
        expect(paged).toEqual(whole);
        expect(new Set(paged).size).toBe(25);
      },
    );

    it('is not confused by what arrives between two pages', async () => {
      for (let n = 0; n < 4; n += 1) accept(`a${n}`, n);
      await seen();
      const first = await list({ limit: 2 });
      accept('new', 9);
      await seen();
      const second = await list({ limit: 2, cursor: first.next_cursor });
      expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(['a3', 'a2', 'a1', 'a0']);
    });

    it('counts exactly to 10,000, and no further', async () => {
      for (let n = 0; n < 10_001; n += 1) accept(`a${n}`, 1, n === 0 ? { tags: ['first'] } : {});
      await seen();
      expect((await list({ limit: 1 })).total_count).toBeNull();
      expect((await list({ limit: 1, tag: 'first' })).total_count).toBe(1);
      log.record('execution-a1', 'ExecutionCancelled', { reason: null, metrics });
      await seen();
      expect((await list({ limit: 1, status: 'running' })).total_count).toBe(10_000);
    }, 60_000);

    it.each([
      ['a limit of nothing', { limit: 0 }, 'invalid_query'],
      ['more rows than a page has', { limit: 201 }, 'invalid_query'],
      ['half a row', { limit: 1.5 }, 'invalid_query'],
      ['an order that is not in the list', { sort: 'subject; drop table executions' }, 'invalid_query'],
      ['an order that every object has', { sort: 'constructor' }, 'invalid_query'],
      ['a moment that is none', { started_after: 'yesterday' }, 'invalid_query'],
      ['a moment somewhere', { started_after: '2026-01-31T12:00:00' }, 'invalid_query'],
      ['a letter that no text may have', { text: 'a\0' }, 'invalid_query'],
      ['an operator in place of a value', { status: { $ne: 'failed' } }, 'invalid_query'],
      ['a cursor that is none', { cursor: 'zzz' }, 'invalid_cursor'],
    ])('refuses %s', async (_, filter, code) => {
      await expect(list(filter as unknown as Partial<ExecutionFilter>)).rejects.toMatchObject({ code });
    });

    it('refuses a cursor of another order', async () => {
      accept('a', 1);
      accept('b', 2);
      await seen();
      const { next_cursor: cursor } = await list({ limit: 1, sort: 'started_at' });
      await expect(list({ limit: 1, sort: '-started_at', cursor })).rejects.toMatchObject({ code: 'invalid_cursor' });
    });
  });
});
