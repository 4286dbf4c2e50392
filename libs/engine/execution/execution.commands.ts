import type { AttemptUsage, Failure, JsonObject, JsonValue, NodeResult, StepUsage } from '#plugin-sdk';
import type {
  Accepted,
  ChildEnded,
  ExecutionFailed,
  Follows,
  Instant,
  Path,
  StepAbandoned,
  StepCompleted,
  StepUncertain,
  Totals,
} from './execution.events.js';

/**
 * What may be wished of an execution. Time and chance arrive with the wish (`at`; `chance`: 0 ≤ n < 1).
 * A report of a machine that comes twice or too late changes nothing; a wish that may not be granted is refused.
 */
export type ExecutionCommand = { readonly at: Instant } & (
  | {
      readonly type: 'Accept';
      readonly accepted: Omit<Accepted, 'scheduled'>;
      /** What another execution had settled, by path: recalled as far as this one comes to it. */
      readonly recalled?: ReadonlyMap<Path, Settled>;
    }
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
      /** What the attempt used before it failed, where that is known. */
      readonly metrics?: AttemptUsage;
      readonly chance: number;
    }
  | { readonly type: 'FireTimer'; readonly path: Path }
  | {
      readonly type: 'ResolveUncertainty';
      readonly path: Path;
      readonly outcome: 'succeeded' | 'failed' | 'retry';
      readonly output?: JsonValue;
    }
  | {
      readonly type: 'Signal';
      readonly signalId: string;
      readonly name: string;
      readonly payload: JsonValue;
      readonly by: string;
    }
  | {
      readonly type: 'DecideApproval';
      readonly approvalId: string;
      readonly by: string;
      /** Whatever else the voter is known by: an approval names assignees by any of them. */
      readonly as: readonly string[];
      readonly decision: 'approved' | 'rejected';
      readonly comment: string | null;
      readonly fields: JsonObject;
      readonly shownDigest: string;
    }
  | {
      readonly type: 'EndChild';
      readonly path: Path;
      readonly childId: string;
      readonly outcome: ChildEnded['outcome'];
      readonly output?: JsonValue;
      readonly failure?: Failure;
      readonly metrics?: StepUsage;
    }
  | { readonly type: 'Cancel'; readonly by: string; readonly reason: string | null; readonly force: boolean }
  | { readonly type: 'TimeOut' }
);

/** What a step had come to in another execution. */
export type Settled = Omit<StepCompleted, 'metrics' | keyof Follows> | Omit<StepAbandoned, keyof Follows>;

export type CommandOf<T extends ExecutionCommand['type']> = Extract<ExecutionCommand, { type: T }>;
