import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReadModel } from '../read-model.js';
import { onEveryDatabase } from '../testing/databases.js';
import { MemoryLog } from '../testing/memory-log.js';
import { executionCosts } from './execution-costs.projection.js';
import { randomHistories, type RandomHistory } from '../testing/random-histories.js';
import { recountDefinition, recountOverview, type Stream } from '../testing/recount.js';

const days = ['2026-01-01', '2026-01-02', '2026-01-03'];
const streamsOf = (histories: readonly RandomHistory[], tenant: string): Stream[] =>
  histories
    .filter((history) => history.tenant === tenant)
    .map(({ facts }) => facts.map(({ event, at }) => ({ type: event.type, data: event.data, at })));
const unordered = <T>(list: readonly T[]) => list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** Every history is of tenants of its own, so that one log and one database serve them all. */
onEveryDatabase((fresh) => {
  let log: MemoryLog;
  let readModel: ReadModel;
  let round = 0;
  beforeAll(async () => {
    log = new MemoryLog();
    readModel = await ReadModel.open({ database: await fresh(), reader: log, projector: 'inline', lingerMs: 0 });
  });
  afterAll(async () => {
    await readModel.close();
  });

  const recorded = async (histories: readonly RandomHistory[]): Promise<(tenant: string) => string> => {
    const mark = `r${(round += 1)}`;
    const longest = Math.max(...histories.map(({ facts }) => facts.length));
    for (let at = 0; at < longest; at += 1)
      for (const { id, tenant, facts } of histories) {
        const fact = facts[at];
        if (!fact) continue;
        const where = { tenant: `${mark}${tenant}`, at: fact.at };
        log.record(`execution-${mark}${id}`, fact.event.type, fact.event.data, where);
      }
    expect(await readModel.waitFor((await log.head())!, 30_000)).toBe(true);
    return (tenant) => `${mark}${tenant}`;
  };

  describe('analytics', () => {
    it('are what a recount of the log comes to, whatever happened', async () => {
      await fc.assert(
        fc.asyncProperty(randomHistories, async (histories) => {
          const named = await recorded(histories);
          for (const tenant of ['default', 'other']) {
            const streams = streamsOf(histories, tenant);
            for (const id of ['d0', 'd1']) {
              const counted = await readModel.definitionUsage.of(named(tenant), id);
              const again = recountDefinition(streams, id);
              expect({ ...counted, by_model: unordered(counted.by_model) }).toEqual({
                ...again,
                by_model: unordered(again.by_model),
              });
            }
            const counted = await readModel.overview.of(named(tenant), days[0]!, days.at(-1)!);
            const again = recountOverview(streams, days);
            for (const part of ['by_model', 'by_definition', 'by_template'] as const)
              expect(unordered(counted[part].map(sorted))).toEqual(unordered(again[part].map(sorted)));
            expect(counted.by_day).toEqual(again.by_day);
            expect(counted.total).toEqual(again.total);
          }
        }),
        { numRuns: 100 },
      );
      expect((await readModel.lag()).parked).toBe(0);
    }, 120_000);

    it('are, of executions that have ended, the totals of their last events', () => {
      fc.assert(
        fc.property(randomHistories, (histories) => {
          for (const stream of [...streamsOf(histories, 'default'), ...streamsOf(histories, 'other')]) {
            const end = stream.at(-1)!;
            if (end.type !== 'ExecutionCompleted' && end.type !== 'ExecutionFailed') continue;
            const { tokens, cost_nano } = recountDefinition([stream], stream[0]!.data.definition_id);
            const { prompt_tokens, completion_tokens, cost_nano_usd } = end.data.metrics;
            expect([tokens, cost_nano]).toEqual([prompt_tokens + completion_tokens, cost_nano_usd]);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('are counted over all that can happen to a step', () => {
      const types = new Map<string, number>();
      for (const histories of fc.sample(randomHistories, { numRuns: 600, seed: 4 }))
        for (const { facts } of histories)
          for (const { event } of facts) types.set(event.type, (types.get(event.type) ?? 0) + 1);
      const rare = executionCosts.handles
        .map((type) => [type, types.get(type) ?? 0] as const)
        .filter(([, n]) => n < 20);
      expect(rare).toEqual([]);
    });
  });
});

const sorted = (value: object): object => Object.fromEntries(Object.entries(value).toSorted());
