import type { OpenExecution } from './event-store.js';

/** Who drives an execution: this process, or another one that lives. */
export type Claim = { readonly held: true } | { readonly held: false; readonly driver: string };

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

  /** Whether this process surely holds what it has claimed: asked before each effect. Costs nothing. */
  abstract isHeld(): boolean;

  /** Makes this process the driver of an execution, unless another one that lives is. */
  abstract claim(stream: string): Promise<Claim>;

  /** This process drives it no longer: whoever comes next may claim it. */
  abstract release(stream: string): Promise<void>;

  /** Claims up to `limit` executions that somebody must go on with: what runs without a driver that lives, and what is due at `now` (ms). */
  abstract claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]>;

  /** Gives back all that was claimed: the others need not wait. */
  abstract close(): Promise<void>;
}

/** The one process there is: it has the whole store, by a lock that the operating system frees. */
export class SoleProcess extends Leases {
  constructor(
    readonly process: string,
    private readonly openExecutions: { due(at: number, limit: number): Promise<readonly OpenExecution[]> },
  ) {
    super();
  }

  isHeld(): boolean {
    return true;
  }

  async claim(): Promise<Claim> {
    return { held: true };
  }

  async release(): Promise<void> {}

  claimOrphans(now: number, limit: number): Promise<readonly OpenExecution[]> {
    return this.openExecutions.due(now, limit);
  }

  async close(): Promise<void> {}
}
