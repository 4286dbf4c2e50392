import type { Failure, JsonObject, JsonValue, NodeResult } from '#plugin-sdk';
import type { Accepted, ExecutionFailed, Instant, Path, StepUncertain, Totals } from './execution.events.js';

/**
 * What may be wished of an execution. Time and chance arrive with the wish (`at`; `chance`: 0 ≤ n < 1).
 * A report of a machine that comes twice or too late changes nothing; a wish that may not be granted is refused.
 */
export type ExecutionCommand = { readonly at: Instant } & (
  | { readonly type: 'Accept'; readonly accepted: Omit<Accepted, 'scheduled'> }
  /** Recorded although it will not run: the graph or the input was refused. */
  | {
      readonly type: 'Refuse';
      readonly accepted: Omit<Accepted, 'scheduled'>;
      readonly failure: Omit<ExecutionFailed, keyof Totals>;
    }
  | { readonly type: 'TakeOver'; readonly process: string; readonly chance: number }
  | {
      readonly type: 'StartStep';
      readonly path: Path;
      readonly attempt: number;
      readonly config: JsonObject;
      readonly pluginDigest: string;
    }
  | {
      readonly type: 'CompleteStep';
      readonly path: Path;
      readonly attempt: number;
      readonly result: NodeResult;
      /** The resolved config, where it is to be recorded (debug mode). */
      readonly config?: JsonObject;
    }
  | {
      readonly type: 'FailStep';
      readonly path: Path;
      readonly attempt: number;
      readonly failure: Failure;
      /** Set where nobody knows whether the effect took place. */
      readonly uncertain?: StepUncertain['reason'];
      readonly chance: number;
    }
  | { readonly type: 'FireTimer'; readonly path: Path }
  | {
      readonly type: 'ResolveUncertainty';
      readonly path: Path;
      readonly outcome: 'succeeded' | 'failed' | 'retry';
      readonly output?: JsonValue;
    }
  | { readonly type: 'Cancel'; readonly by: string; readonly reason: string | null; readonly force: boolean }
  | { readonly type: 'TimeOut' }
);

export type CommandOf<T extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: T }>;
