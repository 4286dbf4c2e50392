import type { CaughtUp, OpenChange, Position } from './event-store.js';

/** What an append has changed in the list of open executions, as the log tells it. */
export interface RecordedOpenChange {
  readonly type: 'open_change';
  readonly stream: string;
  /** Of the last event of that append. */
  readonly revision: bigint;
  readonly open: OpenChange;
  readonly position: Position;
}

/** Of a log that keeps the list of open executions nowhere itself: what each append has changed in it. */
export interface OpenChanges {
  /** Catch-up, then live, from behind a position on. Ends only by `signal`. */
  openChanges(options: {
    readonly from?: Position;
    readonly signal: AbortSignal;
  }): AsyncIterable<RecordedOpenChange | CaughtUp>;
  /** Whether the log has answered when it was last asked for anything. */
  health(): { readonly reachable: boolean };
}
