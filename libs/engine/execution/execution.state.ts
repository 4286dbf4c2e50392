import type { Failure, JsonObject, JsonValue, StepUsage } from '#plugin-sdk';
import type { OnUncertain } from '../graph/graph.js';
import type {
  Accepted,
  ApprovalDecided,
  ApprovalRequested,
  CancelRequested,
  ChildStarted,
  ExecutionFailed,
  ExecutionMetrics,
  Failing,
  Limits,
  Path,
} from './execution.events.js';

/** What an execution remembers of its own history: the fold of its stream, and nothing else. */
export interface ExecutionState {
  readonly id: string;
  status: ExecutionStatus;
  accepted: Accepted | null;
  startedAt: string;
  endedAt: string | null;
  /** Events folded so far, and their size in characters as far as it is known. */
  events: number;
  bytes: number;
  epoch: number;
  /** The process that drives it; empty: none as yet. */
  process: string;
  readonly steps: Map<Path, Step>;
  /** Those of `steps` that are not settled. */
  readonly open: Set<Step>;
  readonly instances: Map<Path, Instance>;
  variables: JsonObject;
  /** Terminal steps in the order in which they were reached. */
  readonly ends: Path[];
  readonly totals: Totals;
  /** Steps scheduled, over all instances. */
  scheduledSteps: number;
  readonly warned: Set<keyof Limits>;
  cancel: CancelRequested | null;
  /** Time spent running before `runningSince`, and since when it runs (ms since the epoch; null while it waits). */
  ranMs: number;
  runningSince: number | null;
  /** Signals that nobody has waited for yet, oldest first. */
  readonly signals: BufferedSignal[];
  readonly signalIds: Set<string>;
  /** Why it fails, while it undoes what it has done. */
  failing: Failing | null;
  /** Steps that succeeded, in the order in which they did: compensated in reverse. */
  readonly succeeded: Step[];
  output: JsonValue;
  failure: ExecutionFailed | null;
}

export type ExecutionStatus = 'pending' | 'running' | 'cancelling' | 'failing' | 'completed' | 'failed' | 'cancelled';

export interface BufferedSignal {
  readonly number: number;
  readonly name: string;
  readonly payload: JsonValue;
}

export type Totals = { -readonly [K in keyof Omit<ExecutionMetrics, 'execution_time_ms'>]: number };

/** One node in one instance. */
export interface Step {
  readonly path: Path;
  readonly nodeId: string;
  readonly instance: Path;
  status: StepStatus;
  attempt: number;
  /** Attempts that failed, as the retry policy counts them. */
  failures: number;
  uncertainties: number;
  /** Its last attempt ended without a definite answer. */
  unknown: boolean;
  scheduledAt: string;
  startedAt: string | null;
  endedAt: string | null;
  /** The earliest moment of the next attempt (ms since the epoch). */
  notBefore: number | null;
  /** When a wait is over (ms since the epoch). */
  dueAt: number | null;
  effects: 'none' | 'read' | 'write';
  /** As recorded when a `read` or `write` step began, or a wait. */
  config: JsonObject | null;
  port: string | null;
  output: JsonValue;
  failure: Failure | null;
  metrics: StepUsage | null;
  policy: OnUncertain | null;
  /** Of a scope's step. */
  iterations: Iterations | null;
  /** Of a step that calls others: those it has called, in order. */
  calls: Step[] | null;
  /** Of a called step: who called it, and with what. */
  readonly called: { readonly by: Path; readonly nodeType: string; readonly config: JsonObject } | null;
  /** Of a compensation: the step that it undoes. */
  readonly compensates: Path | null;
  /** What it waits for, besides time. */
  wait: Waiting | null;
}

export type Waiting =
  | { readonly for: 'signal'; readonly name: string }
  | { readonly for: 'approval'; readonly request: ApprovalRequested; readonly votes: ApprovalDecided[] }
  | { readonly for: 'child'; readonly child: ChildStarted };

export type StepStatus =
  'scheduled' | 'running' | 'waiting' | 'uncertain' | 'succeeded' | 'abandoned' | 'skipped' | 'cancelled';

export interface Iterations {
  started: number;
  running: number;
  readonly ended: IterationOutcome[];
}

export type IterationOutcome =
  | { readonly index: number; readonly ok: true; readonly value: JsonValue }
  | { readonly index: number; readonly ok: false; readonly failure: Failure; readonly failedAt: Path };

/** The graph itself, or one iteration of a scope's body. */
export interface Instance {
  readonly path: Path;
  readonly item: JsonValue;
  readonly taken: Set<string>;
  /** Steps that are not settled. */
  active: number;
  ended: boolean;
}

const settled: ReadonlySet<StepStatus> = new Set(['succeeded', 'abandoned', 'skipped', 'cancelled']);

/** It runs by itself: neither its body nor steps that it called run for it. */
export const isLeaf = (step: Step): boolean => step.iterations === null && step.calls === null;

/** On its way to an end that is certain already. */
export const isEnding = (state: ExecutionState): boolean => state.status === 'cancelling' || state.status === 'failing';

/** Whether this step may be carried out now: on its way to an end, an execution runs only what undoes. */
export const mayRun = (state: ExecutionState, step: Step): boolean =>
  state.status === 'running' || (isEnding(state) && step.compensates !== null);

export const isSettled = (step: Step): boolean => settled.has(step.status);

export const hasEnded = (state: ExecutionState): boolean =>
  state.status === 'completed' || state.status === 'failed' || state.status === 'cancelled';

/** What is left when nothing runs, is about to run, or can be tried again: only waits. */
export function isWaiting(state: ExecutionState): boolean {
  if (state.status !== 'running') return false;
  let waits = false;
  for (const step of state.open) {
    if (step.status === 'running' || step.status === 'scheduled') {
      if (isLeaf(step)) return false;
    } else if (step.status === 'waiting' || step.status === 'uncertain') waits = true;
  }
  return waits;
}

/** The earliest moment at which something of it is due, ms since the epoch. An execution that ends waits for nothing but its compensations. */
export function nextDue(state: ExecutionState): number | null {
  let earliest: number | null = null;
  for (const step of state.open) {
    if (isEnding(state) && step.compensates === null) continue;
    const due = step.status === 'waiting' ? step.dueAt : step.status === 'scheduled' ? step.notBefore : null;
    if (due !== null && (earliest === null || due < earliest)) earliest = due;
  }
  return earliest;
}

export const initialState = (id: string): ExecutionState => ({
  id,
  status: 'pending',
  accepted: null,
  startedAt: '',
  endedAt: null,
  events: 0,
  bytes: 0,
  epoch: 0,
  process: '',
  steps: new Map(),
  open: new Set(),
  instances: new Map(),
  variables: {},
  ends: [],
  totals: { completion_tokens: 0, cost_nano_usd: 0, prompt_tokens: 0, steps: 0, tool_calls: 0 },
  scheduledSteps: 0,
  warned: new Set(),
  cancel: null,
  ranMs: 0,
  runningSince: null,
  signals: [],
  signalIds: new Set(),
  failing: null,
  succeeded: [],
  output: null,
  failure: null,
});
