import type { OpenExecution, OwnOpenExecutions } from './event-store.js';

/** What waits for a process to come. */
export interface Backlog {
  readonly ofTenant: number;
  readonly ofAll: number;
}

/**
 * Which process drives which execution. A process lives while it renews one lease for all that it drives; who has not
 * renewed for longer than the lease lasts is gone, and others may claim what was its own.
 *
 * The lease is counted twice: its holder counts from before it asked for it, by its own monotonic clock and less a
 * margin, the others by the one clock that all of them see. So a holder knows that it has lost the lease before
 * anybody else may take it, also when it was frozen in between. What it sends nevertheless is refused by the log.
 */
export abstract class Leases {
  /** This process: unlike every other one that ever was. */
  abstract readonly process: string;

  /** Whether there may be others. Then what happens to an execution is not all heard of here. */
  abstract readonly several: boolean;

  /** Whether this process drives executions at all. One that does not is refused every claim. */
  abstract readonly drives: boolean;

  /** Whether this process surely holds what it has claimed: asked before each effect. Costs nothing. */
  abstract isHeld(): boolean;

  /** How often it has been over and come back, whether anybody looked meanwhile or not: others may have claimed what was its own. */
  abstract readonly lapses: number;

  /** Makes this process the driver of an execution; false where another one is that lives. `revision`: of the last event that it has seen of it. */
  abstract claim(stream: string, revision: bigint): Promise<boolean>;

  /** It cannot be carried out here at present: whoever can may claim it. */
  abstract release(stream: string): Promise<void>;

  /** It cannot be carried out by this process: once this one is gone, another may find that it can. */
  abstract park(row: OpenExecution): Promise<void>;

  /** It turned out to have ended: nobody is to go on with it. */
  abstract forget(stream: string): Promise<void>;

  /**
   * Claims up to `limit` executions that somebody must go on with: what runs without a driver that lives, or was parked by one that
   * does not, and what is due at `now` (ms) and is driven by nobody else. Tenants take turns, and within one the highest priority comes first.
   * What this process drives itself and is due comes in any case, a page at a time.
   */
  abstract claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]>;

  /** What runs, as the list has it, and is driven by this process. The list may be behind. */
  abstract running(): Promise<readonly OpenExecution[]>;

  /** How many executions run that no process drives as yet. As it was a moment ago. */
  abstract backlog(tenant: string): Promise<Backlog>;

  /** Gives back all that was claimed: the others need not wait. */
  abstract close(): Promise<void>;
}

/** The one process there is: it has the whole store, by a lock that the operating system frees. */
export class SoleProcess extends Leases {
  readonly several = false;
  readonly drives = true;
  readonly lapses = 0;
  /** How far what a process before this one has left was taken up; null: all of it. */
  private after: string | null = '';

  constructor(
    readonly process: string,
    private readonly openExecutions: Pick<OwnOpenExecutions, 'list' | 'due' | 'put'>,
  ) {
    super();
  }

  isHeld(): boolean {
    return true;
  }

  async claim(): Promise<boolean> {
    return true;
  }

  async release(): Promise<void> {}

  park(row: OpenExecution): Promise<void> {
    return this.openExecutions.put({ ...row, status: 'parked', dueAt: null });
  }

  async forget(): Promise<void> {}

  /** What ran, or was parked, when the process before this one ended, page by page; then what is due. */
  async claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]> {
    const left: OpenExecution[] = [];
    while (this.after !== null && left.length < limit) {
      const rows = await this.openExecutions.list({ after: this.after, limit });
      this.after = rows.length < limit ? null : rows.at(-1)!.stream;
      left.push(...rows.filter(({ status }) => status !== 'waiting'));
    }
    return left.length > 0 ? left : this.openExecutions.due(now, limit);
  }

  /** What it drives it knows: nobody else adds to the log. */
  async running(): Promise<readonly OpenExecution[]> {
    return [];
  }

  /** What waits, waits here. */
  async backlog(): Promise<Backlog> {
    return { ofTenant: 0, ofAll: 0 };
  }

  async close(): Promise<void> {}
}
