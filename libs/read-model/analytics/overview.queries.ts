import type { ReadDatabase } from '../database/read-database.js';
import { countedExecutions, type CountedColumn } from './counted-executions.js';
import { byText, ModelCount, type ModelUsage } from './definition-usage.queries.js';
import type { ExecutionCostsRow } from './execution-costs.entity.js';
import { modelsIn } from './tally.js';
import { UsageCount, type Usage } from './usage.js';

/** `YYYY-MM-DD`, of UTC. */
export type Day = string;

/**
 * What a tenant's executions came to. An execution belongs to the day on which it was accepted. Each call is counted once,
 * with the execution that made it: what sub-workflows used is not counted again above them.
 */
export interface Overview {
  readonly total: Usage;
  /** Every day asked for, the first one first. */
  readonly by_day: readonly (Usage & { readonly day: Day })[];
  readonly by_model: readonly ModelUsage[];
  /** The one used most first; null: executions of no definition. */
  readonly by_definition: readonly (Usage & { readonly definition_id: string | null })[];
  /** The one used most first; null: executions of no template. */
  readonly by_template: readonly (Usage & { readonly template_id: string | null })[];
}

const columns = [
  'outcome',
  'duration_ms',
  'own_tokens',
  'own_cost_nano',
  'definition_id',
  'template_id',
  'models',
] as const satisfies readonly CountedColumn[];

const DAY_MS = 86_400_000;

export class OverviewQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** From the first day to the last one, both included; the last must not be before the first. */
  async of(tenant: string, first: Day, last: Day): Promise<Overview> {
    const days = daysFrom(first, last);
    const all = new UsageCount();
    const byDay = new Map(days.map((day) => [day, new UsageCount()]));
    const byDefinition = new Map<string | null, UsageCount>();
    const byTemplate = new Map<string | null, UsageCount>();
    const models = new ModelCount();
    const period = { since: `${first}T00:00:00.000Z`, before: `${nextDay(last)}T00:00:00.000Z` };
    for await (const row of countedExecutions(this.database, { tenant, ...period }, columns)) {
      const counts = [
        all,
        byDay.get(row.started_at.slice(0, 10))!,
        countOf(byDefinition, row.definition_id),
        countOf(byTemplate, row.template_id),
      ];
      for (const count of counts) count.add(row, row.own_tokens, row.own_cost_nano);
      for (const tally of modelsIn(row.models)) models.add(tally);
    }
    return {
      total: all.usage(),
      by_day: [...byDay].map(([day, count]) => ({ day, ...count.usage() })),
      by_model: models.usage(),
      by_definition: mostUsedFirst(byDefinition).map(([definition_id, usage]) => ({ definition_id, ...usage })),
      by_template: mostUsedFirst(byTemplate).map(([template_id, usage]) => ({ template_id, ...usage })),
    };
  }
}

type Key = ExecutionCostsRow['definition_id'];

function countOf(counts: Map<Key, UsageCount>, key: Key): UsageCount {
  const count = counts.get(key) ?? new UsageCount();
  counts.set(key, count);
  return count;
}

const mostUsedFirst = (counts: ReadonlyMap<Key, UsageCount>): readonly (readonly [Key, Usage])[] =>
  [...counts]
    .map(([key, count]) => [key, count.usage()] as const)
    .toSorted(
      ([left, { usage_count: one }], [right, { usage_count: other }]) => other - one || byText(left ?? '', right ?? ''),
    );

function daysFrom(first: Day, last: Day): Day[] {
  const days: Day[] = [];
  for (let day = first; day <= last; day = nextDay(day)) days.push(day);
  return days;
}

const nextDay = (day: Day): Day => new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY_MS).toISOString().slice(0, 10);
