import type { AttemptUsage, Failure, JsonObject, JsonValue, StepUsage } from '#plugin-sdk';
import type { OnUncertain } from '../graph/graph.js';

/**
 * START HERE: all that can happen to one execution.
 *
 * Facts, in the past tense, stored for good: a type or an optional member may be added, none is ever changed or reused.
 * What merely follows from a fact is data of that fact (`taken`, `scheduled`, `skipped`), so that folding a stream
 * evaluates no expression and needs no graph.
 *
 * A **path** names a step: `ask`, or inside the fourth iteration of the scope `each`: `each[3]/ask`. `each[3]` is the
 * iteration itself. `ask/turn[2]` is a step that the step `ask` called, `charge/refund` the compensation of `charge`.
 * Values that may hold personal data stand only in `input`, `output`, `config`, `value`, `item`,
 * `shown`, `payload`, `message`.
 */
export type ExecutionEvent =
  | { readonly type: 'ExecutionAccepted'; readonly data: Accepted }
  | { readonly type: 'DriverTaken'; readonly data: { readonly epoch: number; readonly process: string } }
  | { readonly type: 'StepScheduled'; readonly data: StepScheduled }
  | { readonly type: 'StepStarted'; readonly data: StepStarted }
  | { readonly type: 'StepCompleted'; readonly data: StepCompleted }
  | { readonly type: 'StepFailed'; readonly data: StepFailed }
  | { readonly type: 'StepAbandoned'; readonly data: StepAbandoned }
  | { readonly type: 'StepUncertain'; readonly data: StepUncertain }
  | { readonly type: 'UncertaintyResolved'; readonly data: UncertaintyResolved }
  | { readonly type: 'StepCancelled'; readonly data: { readonly path: Path; readonly attempt: number } }
  | { readonly type: 'IterationStarted'; readonly data: IterationStarted }
  | { readonly type: 'TimerSet'; readonly data: TimerSet }
  | { readonly type: 'TimerFired'; readonly data: { readonly path: Path } }
  | { readonly type: 'StepCalled'; readonly data: StepCalled }
  | { readonly type: 'WaitStarted'; readonly data: WaitStarted }
  | { readonly type: 'SignalReceived'; readonly data: SignalReceived }
  | { readonly type: 'ApprovalRequested'; readonly data: ApprovalRequested }
  | { readonly type: 'ApprovalDecided'; readonly data: ApprovalDecided }
  | { readonly type: 'ApprovalClosed'; readonly data: ApprovalClosed }
  | { readonly type: 'ChildStarted'; readonly data: ChildStarted }
  | { readonly type: 'ChildEnded'; readonly data: ChildEnded }
  | { readonly type: 'LimitWarned'; readonly data: LimitReached }
  | { readonly type: 'CancelRequested'; readonly data: CancelRequested }
  | { readonly type: 'ExecutionFailing'; readonly data: Failing }
  | { readonly type: 'CompensationStarted'; readonly data: CompensationStarted }
  | { readonly type: 'CompensationCompleted'; readonly data: CompensationCompleted }
  | {
      readonly type: 'CompensationFailed';
      readonly data: { readonly path: Path; readonly attempt: number; readonly failure: Failure };
    }
  | { readonly type: 'ExecutionCompleted'; readonly data: { readonly output: JsonValue } & Totals }
  | { readonly type: 'ExecutionFailed'; readonly data: ExecutionFailed }
  | { readonly type: 'ExecutionCancelled'; readonly data: { readonly reason: string | null } & Totals };

export type ExecutionEventType = ExecutionEvent['type'];
export type EventOf<T extends ExecutionEventType> = Extract<ExecutionEvent, { type: T }>;

export type Path = string;
/** RFC 3339, UTC, ms. */
export type Instant = string;

export type WorkflowType = 'definition' | 'template' | 'custom' | 'chat';

/** The first event: it pins everything that the run depends on. */
export interface Accepted extends Follows {
  /** SHA-256 of the request in canonical form. */
  readonly request_digest: string;
  readonly workflow_type: WorkflowType;
  /** Who asked: the subject of the credential. */
  readonly subject: string;
  readonly graph_digest: string | null;
  readonly definition_id: string | null;
  readonly definition_version: number | null;
  readonly definition_name: string | null;
  readonly template_id: string | null;
  readonly template_name: string | null;
  /** UUID; absent where it belongs to no conversation. */
  readonly conversation_id?: string;
  /** The execution whose step started this one. */
  readonly parent?: Parent;
  /** The execution of which this is another try: what it had settled is recalled. */
  readonly retried_from?: RetriedFrom;
  /** Node type → what provides it. */
  readonly node_types: Readonly<Record<string, PinnedNodeType>>;
  /** Version of settlement and expression semantics. */
  readonly rules: 1;
  readonly input: JsonValue;
  readonly config: JsonObject;
  readonly limits: Limits;
  /** The process that drives it; empty: none as yet. */
  readonly process: string;
  readonly tags: readonly string[];
  readonly warnings: readonly JsonObject[];
}

export interface Parent {
  /** UUID. */
  readonly execution_id: string;
  readonly path: Path;
  /** How many executions are above this one. */
  readonly depth: number;
}

export interface RetriedFrom {
  /** UUID. */
  readonly execution_id: string;
  /** The step from which it runs anew; null: from the start, or from whatever had not settled. */
  readonly path: Path | null;
}

export interface PinnedNodeType {
  readonly version: number;
  readonly plugin: string;
  readonly plugin_version: string;
  readonly digest: string;
}

/** Over a limit the execution fails with the limit's name. Null: no such limit. */
export interface Limits {
  readonly max_steps: number;
  readonly max_events: number;
  readonly max_bytes: number;
  readonly max_total_tokens: number | null;
  /** USD. */
  readonly max_cost: number | null;
  /** Of time spent running; waiting does not count. */
  readonly timeout_ms: number;
  readonly deadline: Instant | null;
}

/** What follows from a fact, decided with it. */
export interface Follows {
  /** Ids of the edges taken, in the instance of the step (an edge into `back` included). */
  readonly taken?: readonly string[];
  readonly scheduled?: readonly Path[];
  readonly skipped?: readonly Path[];
  /** Iterations that ended with this fact, innermost first. */
  readonly ended?: readonly EndedIteration[];
}

export interface EndedIteration {
  readonly path: Path;
  /** What arrived at `back`; absent where it failed or was cancelled. */
  readonly value?: JsonValue;
  readonly failure?: Failure;
  /** The step whose failure it is. */
  readonly failed_at?: Path;
  /** Its scope has settled without it: nobody asks any more what it would have come to. */
  readonly cancelled?: true;
}

export interface StepScheduled {
  readonly path: Path;
  readonly attempt: number;
  readonly not_before: Instant;
}

export interface StepStarted {
  readonly path: Path;
  readonly attempt: number;
  readonly effects: 'read' | 'write';
  readonly idempotency_key: string;
  readonly config: JsonObject;
  readonly plugin_digest: string;
}

export interface StepCompleted extends Follows {
  readonly path: Path;
  readonly attempt: number;
  readonly port: string;
  readonly output: JsonValue;
  readonly metrics?: AttemptUsage;
  /** The resolved config of a pure step, in debug mode. */
  readonly config?: JsonObject;
  readonly variables?: JsonObject;
  readonly unset?: readonly string[];
  /** It was an end of the execution; with `stop`, of everything else too. */
  readonly terminal?: true;
  readonly stop?: true;
  readonly warnings?: readonly string[];
  /** The failure that `on_error` turned into this completion. */
  readonly failure?: Failure;
  /** Copied from the execution that this one retries: it did not run here, and cost nothing here. */
  readonly recalled?: true;
}

export interface StepFailed {
  readonly path: Path;
  readonly attempt: number;
  readonly failure: Failure;
  /** What the attempt used before it failed, where that is known. */
  readonly metrics?: AttemptUsage;
}

/** No attempt is left. With its `error` port wired the run goes on there; where not, the execution or the iteration fails with it. */
export interface StepAbandoned extends Follows {
  readonly path: Path;
  readonly attempt: number;
  readonly failure: Failure;
  readonly recalled?: true;
}

export interface StepUncertain {
  readonly path: Path;
  readonly attempt: number;
  readonly reason: 'crash' | 'timeout' | 'connection' | 'abort';
  readonly policy: OnUncertain;
}

export interface UncertaintyResolved {
  readonly path: Path;
  readonly attempt: number;
  readonly outcome: 'succeeded' | 'failed' | 'retry';
}

export interface IterationStarted extends Follows {
  /** `each[3]` */
  readonly path: Path;
  readonly item: JsonValue;
  /** The scope's resolved config, with its first iteration. */
  readonly config?: JsonObject;
}

export interface TimerSet {
  readonly path: Path;
  readonly due_at: Instant;
  /** The wait's resolved config: what it waits with does not change meanwhile. */
  readonly config?: JsonObject;
}

/** A task that works in turns has called this step. */
export interface StepCalled {
  readonly path: Path;
  /** The caller. */
  readonly by: Path;
  readonly node_type: string;
  readonly config: JsonObject;
  /** The caller's own resolved config, with the first of its calls. */
  readonly value?: JsonObject;
}

/** A wait for a signal. */
export interface WaitStarted {
  readonly path: Path;
  readonly signal: string;
  readonly config: JsonObject;
  readonly due_at?: Instant;
  /** The number of a signal that had come before: the wait is over at once. */
  readonly received?: number;
}

/** Signals are numbered from 0, in the order in which they come. */
export interface SignalReceived {
  /** Drawn by whoever sends it: the same one twice is one. */
  readonly signal_id: string;
  readonly name: string;
  readonly payload: JsonValue;
  readonly by: string;
  /** The wait that it ends; absent: kept until one asks for it. */
  readonly path?: Path;
}

export interface ApprovalRequested {
  readonly path: Path;
  /** UUID, the same at each replay. */
  readonly approval_id: string;
  /** All that is decided on, fixed here. */
  readonly shown: { readonly title: string; readonly show: JsonValue; readonly fields: JsonObject | null };
  /** SHA-256 over the execution, the path, the graph and what is shown. */
  readonly shown_digest: string;
  readonly assignees: readonly string[];
  readonly quorum: number;
  readonly config: JsonObject;
  readonly due_at?: Instant;
  /** The node that may not run before, and the digest of the config that it will run with. */
  readonly guards?: { readonly node_id: string; readonly config_digest: string };
}

/** One vote. */
export interface ApprovalDecided {
  readonly path: Path;
  readonly approval_id: string;
  readonly by: string;
  readonly decision: 'approved' | 'rejected';
  readonly shown_digest: string;
  /** The comment. */
  readonly message: string | null;
  /** What was filled in. */
  readonly value: JsonObject;
}

/** How an approval came to its end, in the same append. */
export interface ApprovalClosed {
  readonly path: Path;
  readonly approval_id: string;
  readonly outcome: 'approved' | 'rejected' | 'expired' | 'cancelled';
}

export interface ChildStarted {
  readonly path: Path;
  /** UUID, the same at each replay. */
  readonly child_id: string;
  readonly definition_id: string;
  readonly definition_version: number | null;
  readonly input: JsonObject;
  /** False: only until it is accepted. */
  readonly wait: boolean;
  readonly config: JsonObject;
}

export interface ChildEnded {
  readonly path: Path;
  readonly child_id: string;
  readonly outcome: 'accepted' | 'completed' | 'failed' | 'cancelled';
  readonly output?: JsonValue;
  readonly failure?: Failure;
  /** What it used. */
  readonly metrics?: StepUsage;
}

/** The execution has failed, and undoes what it has done before it ends. */
export type Failing = Omit<ExecutionFailed, keyof Totals>;

export interface CompensationStarted {
  /** `charge/refund` */
  readonly path: Path;
  /** The step that it undoes. */
  readonly of: Path;
  readonly node_id: string;
}

export interface CompensationCompleted {
  readonly path: Path;
  readonly attempt: number;
  readonly output: JsonValue;
  readonly metrics?: AttemptUsage;
}

export interface LimitReached {
  readonly limit: keyof Limits;
  readonly size: number;
  readonly of: number;
}

export interface CancelRequested {
  readonly by: string;
  readonly reason: string | null;
  readonly force: boolean;
}

export interface Totals {
  readonly metrics: ExecutionMetrics;
}

/** Sums over the steps, exact: money in nano-USD. */
export interface ExecutionMetrics extends StepUsage {
  /** Settled leaf steps. */
  readonly steps: number;
  readonly execution_time_ms: number;
}

export interface ExecutionFailed extends Totals {
  readonly code: string;
  readonly message: string;
  readonly node_id: string | null;
  readonly path: Path | null;
  readonly attempt: number | null;
  readonly retryable: boolean;
  readonly edge_id?: string;
  /** Findings of the validator, when the graph was refused. */
  readonly findings?: readonly JsonObject[];
}
