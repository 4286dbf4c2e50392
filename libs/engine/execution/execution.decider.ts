import type { CompiledGraph } from '../graph/compiled-graph.js';
import { missingApproval } from './approval.js';
import { decideApproval } from './approval-vote.js';
import { endChild } from './child-report.js';
import { answerQuestions } from './control.js';
import { Decision } from './decision.js';
import { endIfQuiet, failed, keepLimits, overLimit, warnOfTime } from './ending.js';
import type { CommandOf, ExecutionCommand } from './execution.commands.js';
import type { ExecutionEvent } from './execution.events.js';
import { hasEnded, isEnding, isLeaf, mayRun, type ExecutionState, type Step } from './execution.state.js';
import { Refusal } from './refusal.js';
import { receiveSignal } from './signals.js';
import { abandon, failAttempt, loseAttempt } from './step-failure.js';
import { wake } from './waits.js';

/**
 * One execution: from a wish to the facts that are its answer.
 *
 * 1. Only the attempt that is under way can report. A report of any other comes twice or too late, and changes nothing.
 * 2. A settled step stays settled, an ended execution stays ended.
 * 3. What follows from a fact is decided with it: the next steps, the iterations, the end. One append is one truth.
 * 4. Once a cancel is requested, or a failure is being undone, nothing new is scheduled but compensations.
 *
 * The state is advanced in place by what is decided: who must not see it advance folds again from the log.
 */
export function decide(
  state: ExecutionState,
  command: ExecutionCommand,
  graph: CompiledGraph,
): readonly ExecutionEvent[] {
  const decision = new Decision(state, graph, command.at, command.type === 'Accept' ? command.recalled : null);
  answer(decision, command);
  if (decision.events.length === 0) return decision.events;
  answerQuestions(decision);
  keepLimits(decision);
  endIfQuiet(decision);
  return decision.events;
}

/** A request whose graph or input was refused: recorded, and ended in the same append. Needs no graph. */
export function decideRefused(state: ExecutionState, command: CommandOf<'Refuse'>): readonly ExecutionEvent[] {
  const decision = new Decision(state, { callable: new Map(), entry: '', nodes: new Map() }, command.at);
  decision.record('ExecutionAccepted', command.accepted);
  failed(decision, command.failure);
  return decision.events;
}

function answer(decision: Decision, command: ExecutionCommand): void {
  const { state } = decision;
  switch (command.type) {
    case 'Accept':
      if (state.accepted) return;
      decision.record('ExecutionAccepted', { ...command.accepted, scheduled: [decision.graph.entry] });
      decision.raise(decision.graph.entry);
      return timeOut(decision); // a deadline may be past already
    case 'Refuse':
      throw new Error('A refused request is decided without a graph.');
    case 'TakeOver':
      return takeOver(decision, command);
    case 'StartStep':
      return startStep(decision, command);
    case 'CompleteStep':
      return completeStep(decision, command);
    case 'FailStep':
      return failStep(decision, command);
    case 'FireTimer':
      return fireTimer(decision, command);
    case 'ResolveUncertainty':
      return resolveUncertainty(decision, command);
    case 'Signal':
      return receiveSignal(decision, command);
    case 'DecideApproval':
      return decideApproval(decision, command);
    case 'EndChild':
      return endChild(decision, command);
    case 'Cancel':
      return cancel(decision, command);
    case 'TimeOut':
      return timeOut(decision);
  }
}

function takeOver(decision: Decision, { process, chance }: CommandOf<'TakeOver'>): void {
  const { state } = decision;
  if (hasEnded(state)) return;
  decision.record('DriverTaken', { epoch: state.epoch + 1, process });
  const interrupted = [...state.open].filter((step) => step.status === 'running' && isLeaf(step));
  for (const step of interrupted) loseAttempt(decision, step, 'crash', chance);
}

function startStep(decision: Decision, { path, attempt, config, pluginDigest }: CommandOf<'StartStep'>): void {
  const { state } = decision;
  const step = state.steps.get(path);
  if (!step || step.status !== 'scheduled' || step.attempt !== attempt || !mayRun(state, step)) return; // rules 1 and 4
  const { effects } = decision.nodeOf(step);
  if (effects !== 'read' && effects !== 'write') return;
  const unapproved = missingApproval(decision, step, config);
  if (unapproved) return abandon(decision, step, unapproved);
  const idempotency_key = `exec_${state.id}/${path}`;
  decision.record('StepStarted', { attempt, config, effects, idempotency_key, path, plugin_digest: pluginDigest });
}

/** Rules 1 and 2: the step, when this attempt of it is under way. Pure steps have no start of their own. */
function underWay(decision: Decision, path: string, attempt: number): Step | null {
  const step = decision.state.steps.get(path);
  if (!step || step.attempt !== attempt || hasEnded(decision.state)) return null;
  return step.status === 'running' || (step.status === 'scheduled' && step.effects === 'none') ? step : null;
}

function completeStep(decision: Decision, { path, attempt, result, config }: CommandOf<'CompleteStep'>): void {
  const step = underWay(decision, path, attempt);
  if (!step) return;
  const { descriptor } = decision.nodeOf(step).definition;
  const { port, output, metrics, set, unset, stop, warnings } = result;
  decision.complete(step, {
    attempt,
    ...(config && { config }),
    ...(metrics && { metrics }),
    output,
    port,
    ...(stop && { stop }),
    ...(descriptor.terminal && step.called === null && { terminal: true as const }),
    ...(unset?.length && { unset }),
    ...(set && { variables: set }),
    ...(warnings?.length && { warnings }),
  });
}

function failStep(decision: Decision, command: CommandOf<'FailStep'>): void {
  const { path, attempt, failure, uncertain, chance, metrics } = command;
  const step = underWay(decision, path, attempt);
  if (!step) return;
  if (uncertain && step.effects === 'write') return loseAttempt(decision, step, uncertain, chance);
  if (!mayRun(decision.state, step)) return decision.record('StepCancelled', { attempt, path });
  failAttempt(decision, step, { failure, ...(metrics && { metrics }) }, chance);
}

function fireTimer(decision: Decision, { path }: CommandOf<'FireTimer'>): void {
  const step = decision.state.steps.get(path);
  if (decision.state.status !== 'running' || step?.status !== 'waiting') return;
  if (step.dueAt === null || decision.now < step.dueAt) return; // never early
  wake(decision, step);
}

function resolveUncertainty(decision: Decision, { path, outcome, output }: CommandOf<'ResolveUncertainty'>): void {
  const step = decision.state.steps.get(path);
  if (step?.status !== 'uncertain' || hasEnded(decision.state)) {
    throw new Refusal('step_not_uncertain', `The step "${path}" is not uncertain: there is nothing to resolve.`);
  }
  const { attempt } = step;
  decision.record('UncertaintyResolved', { attempt, outcome, path });
  const node = decision.nodeOf(step);
  if (outcome === 'succeeded')
    return decision.complete(step, { attempt, output: output ?? null, port: node.ports[0] ?? 'out' });
  if (outcome === 'retry')
    return decision.record('StepScheduled', { attempt: attempt + 1, not_before: decision.at, path });
  abandon(decision, step, {
    code: 'resolved_failed',
    message: `Attempt ${attempt} was resolved as failed.`,
    retryable: false,
  });
}

function cancel(decision: Decision, { by, reason, force }: CommandOf<'Cancel'>): void {
  const { state } = decision;
  if (hasEnded(state))
    throw new Refusal('execution_ended', `The execution has already ${state.status}: there is nothing to cancel.`);
  if (isEnding(state) && !force) return;
  decision.record('CancelRequested', { by, force, reason });
  if (force) decision.record('ExecutionCancelled', { ...decision.totals(), reason });
}

function timeOut(decision: Decision): void {
  const { state } = decision;
  const { timeout_ms, deadline } = state.accepted!.limits;
  if (state.status !== 'running') return;
  const ran = state.ranMs + (state.runningSince === null ? 0 : decision.now - state.runningSince);
  if (ran >= timeout_ms)
    return failed(decision, { ...overLimit('timeout_ms', ran, timeout_ms), code: 'execution_timeout' });
  warnOfTime(decision, ran, timeout_ms);
  if (deadline === null || decision.now < Date.parse(deadline)) return;
  failed(decision, {
    ...overLimit('deadline', decision.now, Date.parse(deadline)),
    code: 'deadline_exceeded',
    message: `The execution was not over at its deadline, ${deadline}.`,
  });
}
