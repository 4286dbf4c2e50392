import type { ConfigFinding, NodeDescriptor, ResolvedConfig } from './descriptor.js';
import type { JsonValue } from './json.js';
import type { NodeContext, NodeResult } from './node-context.js';
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

/** What it waits for. `dueAt`: ms since the epoch. */
export interface WaitFor {
  readonly timer?: { readonly dueAt: number };
  readonly signal?: { readonly name: string };
}

export type WaitEvent =
  { readonly type: 'timer' } | { readonly type: 'signal'; readonly name: string; readonly payload: JsonValue };

export type WaitStep =
  { readonly type: 'settle'; readonly port: string; readonly output: JsonValue } | { readonly type: 'stay' };
