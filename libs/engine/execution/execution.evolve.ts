import type { AttemptUsage, JsonObject, StepUsage } from '#plugin-sdk';
import type {
  Accepted,
  CompensationStarted,
  EndedIteration,
  ExecutionEvent,
  Follows,
  IterationStarted,
  Path,
  SignalReceived,
  StepCompleted,
  StepCalled,
  StepStarted,
  Totals,
} from './execution.events.js';
import {
  hasEnded,
  isLeaf,
  isSettled,
  isWaiting,
  type ExecutionState,
  type Instance,
  type Step,
} from './execution.state.js';
import { instanceOf, isWithin, nodeIdOf, ROOT, scopeStepOf } from './path.js';

/** When it happened, and how large it is as stored (0: not known yet). */
export interface EventFacts {
  readonly at: string;
  readonly bytes?: number;
}

/**
 * Folds one event into the state, in place: the state belongs to whoever folds, and nobody else holds it.
 * Needs no graph and evaluates nothing: all that follows from a fact stands in the fact.
 */
export function evolve(state: ExecutionState, event: ExecutionEvent, facts: EventFacts): ExecutionState {
  apply(state, event, facts.at);
  return concluded(state, facts);
}

/** What every event does, whatever its type. */
export function concluded(state: ExecutionState, { at, bytes }: EventFacts): ExecutionState {
  state.events += 1;
  state.bytes += bytes ?? 0;
  keepTime(state, at);
  return state;
}

function apply(state: ExecutionState, event: ExecutionEvent, at: string): void {
  switch (event.type) {
    case 'ExecutionAccepted':
      return accepted(state, event.data, at);
    case 'DriverTaken':
      state.epoch = event.data.epoch;
      state.process = event.data.process;
      return;
    case 'StepScheduled': {
      const step = stepOf(state, event.data.path);
      step.status = 'scheduled';
      step.attempt = event.data.attempt;
      step.notBefore = Date.parse(event.data.not_before);
      return;
    }
    case 'StepStarted':
      return started(stepOf(state, event.data.path), event.data, at);
    case 'StepCompleted':
      settleCompleted(state, event.data, at);
      return follow(state, event.data.path, event.data, at);
    case 'StepFailed': {
      const step = stepOf(state, event.data.path);
      step.failures += 1;
      step.failure = event.data.failure;
      return count(state, step, event.data.metrics);
    }
    case 'StepAbandoned':
      settleAbandoned(state, event.data.path, event.data, at);
      return follow(state, event.data.path, event.data, at);
    case 'StepUncertain': {
      const step = stepOf(state, event.data.path);
      step.status = 'uncertain';
      step.uncertainties += 1;
      step.unknown = true;
      step.policy = event.data.policy;
      return;
    }
    case 'UncertaintyResolved': {
      const step = stepOf(state, event.data.path);
      step.policy = null;
      step.unknown = false;
      return;
    }
    case 'StepCancelled':
      return settle(state, stepOf(state, event.data.path), 'cancelled', at);
    case 'IterationStarted':
      openIteration(state, event.data);
      return follow(state, insideOf(event.data.path), event.data, at);
    case 'TimerSet':
      return waits(state, event.data, null, at);
    case 'TimerFired':
      stepOf(state, event.data.path).dueAt = null;
      return;
    case 'WaitStarted':
      if (event.data.received !== undefined) takeSignal(state, event.data.received);
      return waits(state, event.data, { for: 'signal', name: event.data.signal }, at);
    case 'SignalReceived':
      return signalReceived(state, event.data);
    case 'ApprovalRequested':
      return waits(state, event.data, { for: 'approval', request: event.data, votes: [] }, at);
    case 'ApprovalDecided': {
      const { wait } = stepOf(state, event.data.path);
      if (wait?.for === 'approval') wait.votes.push(event.data);
      return;
    }
    case 'ChildStarted':
      return waits(state, event.data, { for: 'child', child: event.data }, at);
    case 'ApprovalClosed':
    case 'ChildEnded':
      return; // for those who read along: the step's own settling follows
    case 'StepCalled':
      return stepCalled(state, event.data, at);
    case 'ExecutionFailing':
      state.failing = event.data;
      state.status = 'failing';
      return;
    case 'CompensationStarted':
      return compensationStarted(state, event.data, at);
    case 'CompensationCompleted': {
      const step = stepOf(state, event.data.path);
      step.output = event.data.output;
      count(state, step, event.data.metrics);
      return settle(state, step, 'succeeded', at);
    }
    case 'CompensationFailed': {
      const step = stepOf(state, event.data.path);
      step.failure = event.data.failure;
      return settle(state, step, 'abandoned', at);
    }
    case 'LimitWarned':
      state.warned.add(event.data.limit);
      return;
    case 'CancelRequested':
      state.cancel = event.data;
      state.status = 'cancelling';
      return;
    case 'ExecutionCompleted':
      state.output = event.data.output;
      return ended(state, 'completed', at);
    case 'ExecutionFailed':
      state.failure = event.data;
      return ended(state, 'failed', at);
    case 'ExecutionCancelled':
      return ended(state, 'cancelled', at);
  }
}

function accepted(state: ExecutionState, data: Accepted, at: string): void {
  state.accepted = data;
  state.process = data.process;
  state.startedAt = at;
  state.status = 'running';
  state.instances.set(ROOT, { path: ROOT, item: null, taken: new Set(), active: 0, ended: false });
  follow(state, ROOT, data, at);
}

function started(step: Step, data: StepStarted, at: string): void {
  step.status = 'running';
  step.attempt = data.attempt;
  step.startedAt ??= at;
  step.notBefore = null;
  step.unknown = false;
  step.effects = data.effects;
  step.config = data.config;
}

function waits(
  state: ExecutionState,
  { path, config, due_at }: { readonly path: Path; readonly config?: JsonObject; readonly due_at?: string },
  wait: Step['wait'],
  at: string,
): void {
  const step = stepOf(state, path);
  step.status = 'waiting';
  step.startedAt = at;
  step.dueAt = due_at === undefined ? null : Date.parse(due_at);
  step.config = config ?? null;
  step.wait = wait;
}

function signalReceived(state: ExecutionState, { signal_id, name, payload, path }: SignalReceived): void {
  const number = state.signalIds.size;
  state.signalIds.add(signal_id);
  if (path === undefined) state.signals.push({ number, name, payload });
}

function takeSignal(state: ExecutionState, number: number): void {
  const at = state.signals.findIndex((signal) => signal.number === number);
  if (at >= 0) state.signals.splice(at, 1);
}

function stepCalled(
  state: ExecutionState,
  { path, by, node_type: nodeType, config, value }: StepCalled,
  at: string,
): void {
  const caller = stepOf(state, by);
  caller.status = 'running';
  caller.startedAt ??= caller.scheduledAt;
  if (value) caller.config = value;
  const { nodeId, instance } = caller;
  (caller.calls ??= []).push(openStep(state, path, at, { nodeId, instance, called: { by, nodeType, config } }));
}

function compensationStarted(
  state: ExecutionState,
  { path, of, node_id: nodeId }: CompensationStarted,
  at: string,
): void {
  const { instance } = stepOf(state, of);
  openStep(state, path, at, { nodeId, instance, compensates: of });
}

/** The first half of `StepCompleted`: what the step itself came to. */
export function settleCompleted(state: ExecutionState, data: StepCompleted, at: string): void {
  const step = stepOf(state, data.path);
  step.attempt = data.attempt;
  step.port = data.port;
  step.output = data.output;
  step.failure = data.failure ?? null;
  step.config ??= data.config ?? null;
  if (data.variables || data.unset) state.variables = changed(state.variables, data.variables, data.unset);
  count(state, step, data.metrics);
  if (data.terminal) state.ends.push(data.path);
  state.succeeded.push(step);
  settle(state, step, 'succeeded', at);
}

function count(state: ExecutionState, step: Step, metrics: AttemptUsage | undefined): void {
  if (!metrics) return;
  step.metrics = plus(step.metrics, metrics);
  state.totals.prompt_tokens += metrics.prompt_tokens;
  state.totals.completion_tokens += metrics.completion_tokens;
  state.totals.cost_nano_usd += metrics.cost_nano_usd;
  state.totals.tool_calls += metrics.tool_calls;
}

/** Attempts that failed used something too. */
const plus = (before: StepUsage | null, { model: _, ...more }: AttemptUsage): StepUsage =>
  before === null
    ? more
    : {
        completion_tokens: before.completion_tokens + more.completion_tokens,
        cost_nano_usd: before.cost_nano_usd + more.cost_nano_usd,
        prompt_tokens: before.prompt_tokens + more.prompt_tokens,
        tool_calls: before.tool_calls + more.tool_calls,
      };

export function settleAbandoned(
  state: ExecutionState,
  path: Path,
  data: { readonly attempt: number; readonly failure: Step['failure'] },
  at: string,
): void {
  const step = stepOf(state, path);
  step.attempt = data.attempt;
  step.failure = data.failure;
  step.port = 'error';
  settle(state, step, 'abandoned', at);
}

function changed(variables: JsonObject, set: JsonObject | undefined, unset: readonly string[] | undefined): JsonObject {
  const next: Record<string, JsonObject[string]> = { ...variables, ...set };
  for (const name of unset ?? []) delete next[name];
  return next;
}

/** The second half: what followed from it. `from`: the step, or the root. */
export function follow(state: ExecutionState, from: Path, follows: Follows, at: string): void {
  const instance = instanceFor(state, state.steps.get(from)?.instance ?? instanceOf(from));
  for (const edge of follows.taken ?? []) instance.taken.add(edge);
  for (const path of follows.skipped ?? []) settle(state, openStep(state, path, at), 'skipped', at);
  for (const path of follows.scheduled ?? []) openStep(state, path, at);
  for (const iteration of follows.ended ?? []) iterationEnded(state, iteration, at);
}

/** Where what follows from an iteration's start takes place. */
export const insideOf = (iteration: Path): Path => `${iteration}/`;

/** The first half of `IterationStarted`. */
export function openIteration(state: ExecutionState, data: IterationStarted): void {
  const step = stepOf(state, scopeStepOf(data.path).step);
  step.status = 'running';
  step.startedAt ??= step.scheduledAt;
  step.iterations ??= { started: 0, running: 0, ended: [] };
  step.iterations.started += 1;
  step.iterations.running += 1;
  if (data.config) step.config = data.config;
  state.instances.set(data.path, { path: data.path, item: data.item, taken: new Set(), active: 0, ended: false });
}

function iterationEnded(state: ExecutionState, iteration: EndedIteration, at: string): void {
  const { step: scope, index } = scopeStepOf(iteration.path);
  const iterations = stepOf(state, scope).iterations!;
  instanceFor(state, iteration.path).ended = true;
  cancelOpen(state, (step) => isWithin(iteration.path, step.path), at);
  iterations.running -= 1;
  if (iteration.cancelled) return;
  const outcome = iteration.failure
    ? ({ index, ok: false, failure: iteration.failure, failedAt: iteration.failed_at ?? iteration.path } as const)
    : ({ index, ok: true, value: iteration.value ?? null } as const);
  const behind = iterations.ended.findLastIndex((other) => other.index < index);
  iterations.ended.splice(behind + 1, 0, outcome);
}

function ended(state: ExecutionState, status: 'completed' | 'failed' | 'cancelled', at: string): void {
  cancelOpen(state, () => true, at);
  state.status = status;
  state.endedAt = at;
}

function cancelOpen(state: ExecutionState, which: (step: Step) => boolean, at: string): void {
  for (const step of state.open) if (which(step)) settle(state, step, 'cancelled', at);
}

function settle(state: ExecutionState, step: Step, status: Step['status'], at: string): void {
  if (isSettled(step)) return;
  step.status = status;
  step.endedAt = at;
  step.dueAt = null;
  step.notBefore = null;
  step.policy = null;
  state.open.delete(step);
  instanceFor(state, step.instance).active -= 1;
  if (status !== 'skipped' && isLeaf(step)) state.totals.steps += 1;
}

/** Where a step belongs, where its path alone does not say it. */
type Belonging = Partial<Pick<Step, 'nodeId' | 'instance' | 'called' | 'compensates'>>;

function openStep(state: ExecutionState, path: Path, at: string, belonging: Belonging = {}): Step {
  const step: Step = {
    path,
    nodeId: belonging.nodeId ?? nodeIdOf(path),
    instance: belonging.instance ?? instanceOf(path),
    called: belonging.called ?? null,
    compensates: belonging.compensates ?? null,
    status: 'scheduled',
    attempt: 1,
    failures: 0,
    uncertainties: 0,
    unknown: false,
    scheduledAt: at,
    startedAt: null,
    endedAt: null,
    notBefore: null,
    dueAt: null,
    effects: 'none',
    config: null,
    port: null,
    output: null,
    failure: null,
    metrics: null,
    policy: null,
    iterations: null,
    calls: null,
    wait: null,
  };
  state.steps.set(path, step);
  state.open.add(step);
  state.scheduledSteps += 1;
  instanceFor(state, step.instance).active += 1;
  return step;
}

export function stepOf(state: ExecutionState, path: Path): Step {
  const step = state.steps.get(path);
  if (!step) throw new Error(`The history names the step "${path}", which was never scheduled.`);
  return step;
}

function instanceFor(state: ExecutionState, path: Path): Instance {
  const instance = state.instances.get(path);
  if (!instance) throw new Error(`The history names the iteration "${path}", which was never started.`);
  return instance;
}

/** Running time counts while something runs or is about to; not while everything waits. */
function keepTime(state: ExecutionState, at: string): void {
  const now = Date.parse(at);
  const runs = !hasEnded(state) && !isWaiting(state);
  if (runs && state.runningSince === null) state.runningSince = now;
  if (!runs && state.runningSince !== null) {
    state.ranMs += Math.max(0, now - state.runningSince);
    state.runningSince = null;
  }
}

export const totalsAt = (state: ExecutionState, at: string): Totals => ({
  metrics: {
    completion_tokens: state.totals.completion_tokens,
    cost_nano_usd: state.totals.cost_nano_usd,
    execution_time_ms: Math.max(0, Date.parse(at) - Date.parse(state.startedAt)),
    prompt_tokens: state.totals.prompt_tokens,
    steps: state.totals.steps,
    tool_calls: state.totals.tool_calls,
  },
});
