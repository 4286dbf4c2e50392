import type { ConfigFinding, NodeDescriptor, ResolvedConfig } from './descriptor.js';
import type { JsonObject, JsonSchema, JsonValue } from './json.js';
import type { NodeContext, NodeResult, StepUsage } from './node-context.js';
import type { Failure } from './failure.js';

/** A node type: its description, and what it does. The union by `kind` is what the engine and the host know. */
export type NodeDefinition = TaskDefinition | ScopeDefinition | JoinDefinition | WaitDefinition;

interface Described<K extends NodeDescriptor['kind']> {
  readonly descriptor: NodeDescriptor & { readonly kind: K };
  /** Cross-field rules over the literal config (strings that hold expressions are given as they stand). */
  validate?(config: ResolvedConfig): readonly ConfigFinding[];
}

/** Runs once per attempt and ends at a port. */
export interface TaskDefinition extends Described<'task'> {
  execute(context: NodeContext): NodeResult | Promise<NodeResult>;
  /**
   * Asked about the failure of a node whose `error` port leads here, before that step is abandoned:
   * `retries` more attempts for it in all, or null for none. Pure.
   */
  retriesFor?(config: ResolvedConfig, failure: Failure): number | null;
  /**
   * Over the literal config: the node types that it calls steps of. With any it is a scope: `nextCalls` is asked, and it
   * is never executed itself.
   */
  callsSteps?(config: ResolvedConfig): readonly string[];
  /** Asked at the start, and each time when all that it called has settled. Pure: the same state gives the same calls. */
  nextCalls?(config: ResolvedConfig, state: CallState): CallStep;
}

/** The steps that a task has called so far, in the order in which it called them. */
export interface CallState {
  readonly incoming: JsonValue;
  readonly ended: readonly CallEnd[];
}

export type CallEnd =
  | { readonly name: string; readonly ok: true; readonly output: JsonValue }
  | { readonly name: string; readonly ok: false; readonly failure: Failure };

export type CallStep =
  | { readonly type: 'call'; readonly steps: readonly CalledStep[] }
  | { readonly type: 'settle'; readonly port: string; readonly output: JsonValue }
  | { readonly type: 'fail'; readonly failure: Failure };

/** One step of another node type: with its own effects, key, retries and record. */
export interface CalledStep {
  /** Its path below the caller's own: `turn[2]`, `turn[2]/tool[0]`. */
  readonly name: string;
  readonly node_type: string;
  /** Resolved: it holds no expressions. Defaults of the type are filled in. */
  readonly config: JsonObject;
}

/** Runs its body in instances. `next` is asked at the start and after each iteration's end. Pure. */
export interface ScopeDefinition extends Described<'scope'> {
  next(config: ResolvedConfig, state: ScopeState): ScopeStep;
}

export interface ScopeState {
  /** Iterations started so far; the next has this index. */
  readonly started: number;
  readonly running: number;
  /** Ended iterations, in order of their index. */
  readonly ended: readonly IterationEnd[];
}

export type IterationEnd =
  | { readonly index: number; readonly ok: true; readonly value: JsonValue }
  | { readonly index: number; readonly ok: false; readonly failure: Failure };

export type ScopeStep =
  | { readonly type: 'iterate'; readonly item: JsonValue }
  | { readonly type: 'settle'; readonly port: string; readonly output: JsonValue }
  | { readonly type: 'fail'; readonly failure: Failure }
  /** Nothing to start until a running iteration has ended. */
  | { readonly type: 'stay' };

/** Has several in-edges that do not all have to arrive. Pure. */
export interface JoinDefinition extends Described<'join'> {
  /** Over the literal config. `n` counts arrivals for mode `n`. */
  join(config: ResolvedConfig): { readonly mode: 'all' | 'any' | 'n'; readonly n: number };
  /** The output, from what arrived (in the order of the graph's edges). */
  combine(config: ResolvedConfig, arrivals: readonly Arrival[]): JsonValue;
}

export interface Arrival {
  readonly source: string;
  readonly value: JsonValue;
}

/** Ends by something from outside: a timer, a signal, a decision, a child. Holds no memory meanwhile. Pure. */
export interface WaitDefinition extends Described<'wait'> {
  begin(config: ResolvedConfig, context: WaitContext): WaitFor;
  onEvent(config: ResolvedConfig, event: WaitEvent, context: WaitContext): WaitStep;
}

export interface WaitContext {
  readonly incoming: JsonValue;
  /** When the step was scheduled, ms since the epoch. */
  readonly now: number;
  /** 0 ≤ n < 1, the same for each replay of this step. */
  readonly random: number;
}

/** What it waits for: one or several of these, whichever comes first. `dueAt`: ms since the epoch. */
export interface WaitFor {
  readonly timer?: { readonly dueAt: number };
  readonly signal?: { readonly name: string };
  readonly approval?: ApprovalRequest;
  readonly child?: ChildRequest;
}

/** What people are asked to decide. It is fixed when it is asked for, and never evaluated again. */
export interface ApprovalRequest {
  readonly title: string;
  readonly show: JsonValue;
  /** Subjects who may decide; empty: whoever has the right. */
  readonly assignees: readonly string[];
  /** JSON Schema of what is filled in with the decision; null: nothing is. */
  readonly fields: JsonSchema | null;
  /** The node whose resolved config is part of what is decided on. */
  readonly guards: string | null;
  /** Votes that approve. The first rejection rejects. */
  readonly quorum: number;
}

/** Another execution that this one starts. */
export interface ChildRequest {
  /** With or without its prefix. */
  readonly definitionId: string;
  /** Null: the newest when it is started. */
  readonly version: number | null;
  readonly input: JsonObject;
  /** False: only until it is accepted. */
  readonly wait: boolean;
}

export type WaitEvent =
  | { readonly type: 'timer' }
  | { readonly type: 'signal'; readonly name: string; readonly payload: JsonValue }
  | {
      readonly type: 'decision';
      readonly decision: 'approved' | 'rejected';
      readonly by: readonly string[];
      readonly comment: string | null;
      readonly fields: JsonObject;
    }
  | { readonly type: 'child_accepted'; readonly executionId: string }
  | {
      readonly type: 'child_completed';
      readonly executionId: string;
      readonly output: JsonValue;
      /** What it used, which counts as the step's. */
      readonly metrics?: StepUsage;
    }
  | { readonly type: 'child_failed'; readonly executionId: string; readonly failure: Failure };

export type WaitStep =
  | { readonly type: 'settle'; readonly port: string; readonly output: JsonValue }
  | { readonly type: 'fail'; readonly failure: Failure }
  | { readonly type: 'stay' };
