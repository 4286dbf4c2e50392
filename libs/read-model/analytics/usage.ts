import type { ExecutionCostsRow } from './execution-costs.entity.js';
import { rounded, Spread } from './spread.js';

/** What several executions came to. Money in nano-USD. */
export interface Usage {
  /** Executions that were accepted, those that have not ended included. */
  readonly usage_count: number;
  readonly success_count: number;
  readonly failure_count: number;
  readonly cancelled_count: number;
  /** 0–100, of those that completed or failed; 0 before the first. */
  readonly success_rate: number;
  /** Of those that have ended, from acceptance to the end; null before the first. Percentiles are nearest ranks. */
  readonly execution_time_ms: Times;
  readonly tokens: number;
  readonly cost_nano: number;
}

export interface Times {
  readonly avg: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

type Counted = Pick<ExecutionCostsRow, 'outcome' | 'duration_ms'>;

/** Counts executions, one after the other. */
export class UsageCount {
  private readonly outcomes = { open: 0, completed: 0, failed: 0, cancelled: 0 };
  private readonly times = new Spread();
  private tokens = 0;
  private cost = 0;

  add({ outcome, duration_ms }: Counted, tokens: number, costNano: number): void {
    this.outcomes[outcome] += 1;
    if (duration_ms !== null) this.times.add(duration_ms);
    this.tokens += tokens;
    this.cost += costNano;
  }

  usage(): Usage {
    const { open, completed, failed, cancelled } = this.outcomes;
    return {
      usage_count: open + completed + failed + cancelled,
      success_count: completed,
      failure_count: failed,
      cancelled_count: cancelled,
      success_rate: completed + failed === 0 ? 0 : rounded((100 * completed) / (completed + failed)),
      execution_time_ms: timesOf(this.times),
      tokens: this.tokens,
      cost_nano: this.cost,
    };
  }
}

export function timesOf(spread: Spread): Times {
  const [p50, p95, p99] = spread.percentiles(50, 95, 99) as [number | null, number | null, number | null];
  return { avg: spread.average(), p50, p95, p99 };
}
