import { sql } from 'kysely';
import { rounded } from '../analytics/spread.js';
import type { ReadDatabase } from '../database/read-database.js';

/** What the executions of one template come to. Money in nano-USD. */
export interface TemplateUsage {
  /** Executions that were accepted, those that have not ended included. */
  readonly usage_count: number;
  readonly success_count: number;
  readonly failure_count: number;
  /** 0–100, of those that completed or failed: who cancels says nothing about the template. 0 before the first. */
  readonly success_rate: number;
  /** Of those that have ended; null before the first. */
  readonly avg_execution_time_ms: number | null;
  /** The time within which 95 of 100 of them ended. */
  readonly p95_execution_time_ms: number | null;
  readonly total_tokens_used: number;
  readonly avg_tokens_per_execution: number | null;
  readonly total_cost_nano: number;
  /** When the last one was accepted, completed, failed. */
  readonly last_used_at: string | null;
  readonly last_success_at: string | null;
  readonly last_failure_at: string | null;
}

interface Sums {
  readonly used: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly ended: number;
  readonly avg_ms: number | null;
  readonly tokens: number;
  readonly cost: number;
  readonly last_used: string | null;
  readonly last_success: string | null;
  readonly last_failure: string | null;
}

/** How templates are used, counted from their executions when it is asked for. */
export class TemplateUsageQueries {
  constructor(private readonly database: ReadDatabase) {}

  async of(tenant: string, templateId: string): Promise<TemplateUsage> {
    const whose = sql<boolean>`tenant = ${tenant} and template_id = ${templateId}`;
    const { rows } = await sql<Sums>`
      select count(*) as used,
        sum(case when status = 'completed' then 1 else 0 end) as succeeded,
        sum(case when status = 'failed' then 1 else 0 end) as failed,
        count(duration_ms) as ended, avg(duration_ms) as avg_ms,
        sum(tokens) as tokens, sum(cost_nano) as cost,
        max(started_at) as last_used,
        max(case when status = 'completed' then completed_at end) as last_success,
        max(case when status = 'failed' then completed_at end) as last_failure
      from executions where ${whose}`.execute(this.database.sql);
    const sums = rows[0]!;
    const [used, succeeded, failed] = [sums.used, sums.succeeded, sums.failed].map(Number) as [number, number, number];
    const ended = Number(sums.ended);
    return {
      usage_count: used,
      success_count: succeeded,
      failure_count: failed,
      success_rate: succeeded + failed === 0 ? 0 : rounded((100 * succeeded) / (succeeded + failed)),
      avg_execution_time_ms: sums.avg_ms === null ? null : rounded(Number(sums.avg_ms)),
      p95_execution_time_ms: ended === 0 ? null : await this.timeAt(whose, Math.ceil(0.95 * ended)),
      total_tokens_used: Number(sums.tokens),
      avg_tokens_per_execution: ended === 0 ? null : rounded(Number(sums.tokens) / ended),
      total_cost_nano: Number(sums.cost),
      last_used_at: sums.last_used,
      last_success_at: sums.last_success,
      last_failure_at: sums.last_failure,
    };
  }

  /** The nearest rank: the time that so many executions did not exceed. */
  private async timeAt(whose: ReturnType<typeof sql<boolean>>, rank: number): Promise<number> {
    const { rows } = await sql<{ ms: number }>`
      select duration_ms as ms from executions where ${whose} and duration_ms is not null
      order by duration_ms limit 1 offset ${rank - 1}`.execute(this.database.sql);
    return Number(rows[0]!.ms);
  }
}
