import type { Position, RecordedEvent } from '#event-store';
import type { ExecutionResult } from '../execution-result.js';

/** One execution as its caller sees it. */
export interface Run {
  /** UUID without prefix. */
  readonly executionId: string;
  /** An earlier request with this idempotency key had already started it. */
  readonly replayed: boolean;
  /** Resolves once `ExecutionAccepted` is durable. */
  accepted(): Promise<Position>;
  /** Resolves with the durable state once it has ended or waits, or after `waitMs` as far as it has come. */
  settled(waitMs: number): Promise<ExecutionResult>;
  /** Every frame from the beginning on. Of a run that was asked for with `streaming`, the first preview included. */
  watch(signal: AbortSignal): Promise<AsyncIterable<Frame>>;
}

/** What a watcher of one execution sees: every durable event once, in order, and previews of text in between. */
export type Frame =
  | { readonly type: 'event'; readonly event: RecordedEvent }
  | {
      readonly type: 'token';
      readonly nodeId: string;
      readonly path: string;
      readonly attempt: number;
      /** Characters of this attempt's text before the chunk. */
      readonly offset: number;
      readonly content: string;
    };
