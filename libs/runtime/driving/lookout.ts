import { hasEnded } from '#engine';
import { idOf, StoreUnavailable } from '#event-store';
import type { Leases, OpenExecution, OpenExecutions } from '#event-store';
import { atMost } from './at-most.js';
import type { ExecutionContext } from '../execution-context.js';
import { parkRow, type RuntimeLog } from './parking.js';
import { Timers } from './timers.js';
import type { WorkflowTracker } from '../workflow-tracker.js';

/** The driver, as its lookout knows it. */
export interface Driving {
  with(
    executionId: string,
    work: (context: ExecutionContext | null) => Promise<void>,
    how: { readonly claimed: true },
  ): Promise<void>;
  drive(context: ExecutionContext): void;
  /** It has this execution, or knows what it waits for. */
  has(executionId: string): boolean;
  /** How many more may be carried out at once. */
  readonly free: number;
  /** Claims and reads again all that it has, where the lease was over meanwhile. */
  claimAgain(): Promise<void>;
  /** Tries again what could not be read or claimed when it should have been. */
  readAgain(): void;
  /** Of some of those that wait for their children: whether one has ended, and nobody could say so. */
  askAfterChildren(): Promise<void>;
}

export interface LookoutParts {
  readonly leases: Leases;
  readonly openExecutions: OpenExecutions;
  readonly now: () => number;
  readonly log: RuntimeLog;
  readonly tracker: WorkflowTracker;
  readonly driver: Driving;
}

const page = 200;

/** With other processes beside this one, what they have left is looked for this often. */
const lookEveryMs = 250;

/** And what this one has lost sight of, this often. */
const searchEveryMs = 2_000;

/** One that cannot be written does not keep the others from being woken for longer than this. */
const wakeMs = 1_000;

/**
 * Looks, for the driver, for what nobody tells it: what is due, what other processes have left, what this one has lost sight of.
 *
 * 1. Alone, it looks when something is due; with others beside it, four times a second.
 * 2. While the lease is over, it does not look; when it is back, what the driver has is claimed again first.
 * 3. Who cannot read the log gives back what was claimed, and claims nothing for a while: others may reach it.
 * 4. What the list says this process drives, and it does not have, two looks in a row, is taken up: a word from another
 *    process was missed, or the log was away when it came.
 */
export class Lookout {
  private readonly timers: Timers;
  /** Streams that the driver did not have when last looked for. */
  private missing: ReadonlySet<string> = new Set();
  private searchAt = 0;
  private logAwayUntil = 0;

  constructor(private readonly parts: LookoutParts) {
    const { now, openExecutions, leases } = parts;
    this.timers = new Timers({
      now,
      nextDue: () => openExecutions.nextDue(),
      wakeDue: (at) => this.look(at),
      ...(leases.several && { everyMs: lookEveryMs }),
    });
  }

  /** Resolves after the first look. */
  start(): Promise<void> {
    return this.timers.start();
  }

  stop(): void {
    this.timers.stop();
  }

  /** Something will be due at this moment. */
  notice(dueAt: number): void {
    this.timers.notice(dueAt);
  }

  private async look(now: number): Promise<void> {
    const { leases, driver } = this.parts;
    if (!leases.several) return this.wakeAll(now);
    if (!leases.isHeld()) return; // rule 2
    await driver.claimAgain();
    if (now >= this.logAwayUntil) await atMost(wakeMs, this.wakeEach(await this.orphans(now)));
    if (now >= this.searchAt) await this.search(now);
  }

  private async wakeAll(now: number): Promise<void> {
    for (let rows = await this.orphans(now); rows.length > 0;) {
      await this.wakeEach(rows);
      rows = rows.length < page ? [] : await this.orphans(now);
    }
  }

  private wakeEach(rows: readonly OpenExecution[]): Promise<unknown> {
    return Promise.all(rows.map((row) => this.wake(row)));
  }

  /** As many as there is place for: the others find another process sooner. */
  private orphans(now: number): Promise<readonly OpenExecution[]> {
    const { leases, driver } = this.parts;
    return leases.claimOrphans(now, leases.several ? Math.min(page, driver.free) : page);
  }

  private async search(now: number): Promise<void> {
    const { leases, driver } = this.parts;
    this.searchAt = now + searchEveryMs;
    driver.readAgain();
    const gone = (await leases.running()).filter(({ stream }) => !driver.has(idOf(stream)));
    const again = gone.filter(({ stream }) => this.missing.has(stream)); // rule 4
    this.missing = new Set(gone.map(({ stream }) => stream));
    await atMost(wakeMs, this.wakeEach(again));
    await driver.askAfterChildren();
  }

  /** What is due is decided from the stream; the row is a hint. */
  private async wake(row: OpenExecution): Promise<void> {
    const { leases, driver, now } = this.parts;
    try {
      await driver.with(idOf(row.stream), (context) => this.wakeContext(row, context), { claimed: true });
    } catch (error) {
      if (!leases.several || !(error instanceof StoreUnavailable)) return parkRow(this.parts, row, error);
      this.logAwayUntil = now() + searchEveryMs; // rule 3
      await leases.release(row.stream).catch(() => undefined);
    }
  }

  private async wakeContext(row: OpenExecution, context: ExecutionContext | null): Promise<void> {
    const { leases, driver, tracker, now } = this.parts;
    const isOver = context === null || (!context.driven && hasEnded(context.state)); // one that ends by being taken over is not, before that is written
    if (isOver) return leases.forget(row.stream);
    if (!context.driven || (leases.several && context.appending)) return;
    tracker.timeOut(context);
    for (const step of [...context.state.open])
      if (step.status === 'waiting' && step.dueAt !== null && step.dueAt <= now())
        tracker.fireTimer(context, step.path);
    driver.drive(context);
    await tracker.checkpoint(context).catch(() => undefined);
  }
}
