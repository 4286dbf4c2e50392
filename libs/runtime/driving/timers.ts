/** Longest sleep of one arming: `setTimeout` fires at once beyond 2^31 ms, and a clock may be set meanwhile. */
const longestMs = 24 * 60 * 60 * 1_000;

/** What is due and under way already is not asked for again before this. */
const shortestMs = 25;

export interface TimerParts {
  readonly now: () => number;
  readonly nextDue: () => Promise<number | null>;
  /** Wakes what is due; the next look follows when it has resolved. */
  readonly wakeDue: (now: number) => Promise<void>;
  /** Looks at least, and at most, this often, whatever is due: others may take it, or leave it. Default: when something is due. */
  readonly everyMs?: number;
}

/**
 * Wakes executions when something of theirs is due. Holds one moment in memory, the earliest; the rest stands in the
 * list of open executions. Early never: whoever is woken checks the time again.
 */
export class Timers {
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;
  private stopped = true;

  constructor(private readonly parts: TimerParts) {}

  async start(): Promise<void> {
    this.stopped = false;
    await this.look();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Something will be due at this moment. */
  notice(dueAt: number): void {
    if (!this.stopped && dueAt < this.armedFor) this.arm(dueAt);
  }

  private arm(dueAt: number): void {
    clearTimeout(this.timer);
    this.armedFor = dueAt;
    const wait = Math.min(Math.max(0, dueAt - this.parts.now()), longestMs);
    this.timer = setTimeout(() => void this.look(), wait).unref();
  }

  private async look(): Promise<void> {
    this.armedFor = Infinity;
    try {
      await this.parts.wakeDue(this.parts.now());
      const { everyMs } = this.parts;
      const next = everyMs === undefined ? await this.parts.nextDue() : 0;
      if (next !== null) this.notice(Math.max(next, this.parts.now() + (everyMs ?? shortestMs)));
    } catch {
      this.notice(this.parts.now() + 1_000); // the store is away: look again
    }
  }
}
