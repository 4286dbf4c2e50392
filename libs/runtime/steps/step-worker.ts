import { failureOf, mayRun, nodeOfStep, resolveStep, type Step, type StepInput } from '#engine';
import type { Leases } from '#event-store';
import type { NodeRunner } from '#plugin-host';
import { NodeFailure, type Failure, type JsonObject, type NodeResult } from '#plugin-sdk';
import { RunningStep, type ExecutionContext } from '../execution-context.js';
import type { Failed, WorkflowTracker } from '../workflow-tracker.js';
import { speakingFor } from './speaking.js';
import { StepCall, type CallParts } from './step-call.js';

export interface WorkerParts extends CallParts {
  readonly leases: Pick<Leases, 'isHeld' | 'lapses'>;
  readonly tracker: WorkflowTracker;
  readonly runner: NodeRunner;
  /** Called when a step's outcome has been decided, so that what follows is carried out too. */
  readonly onOutcome: (context: ExecutionContext) => void;
  /** Called when an outcome could not be decided: there is a bug in the rules. */
  readonly onBug: (context: ExecutionContext, error: unknown) => void;
}

/** Pure steps run ahead of the disk up to here; then the events ride in an append and the event loop gets its turn. */
const aheadEvents = 64;
const aheadMs = 20;
/** While an append is under way, no more than this is decided behind it. */
const mostPending = 256;
/** A node that ignores its abort signal is left behind after this. */
const graceMs = 1_000;

/**
 * Carries out what is scheduled, for the driver of an execution.
 *
 * 1. A config is resolved when the step is scheduled, before anything that follows can change what it sees.
 * 2. Pure steps run at once, one after the other, ahead of the disk.
 * 3. A `write` begins only once its `StepStarted` is durable; all writes scheduled together share one append.
 * 4. A `read` begins at once; its outcome does not hold up what follows. Where another process has been at it, that this one drives
 *    the execution has to be on the record first.
 * 5. An attempt that is no longer wanted (cancel, time-out, the end of the execution) is aborted by its signal.
 * 6. No call is made once the lease is over, however long its start took to become durable: another process may be at it. Nor does
 *    a failure count in whose time the lease was over: the execution is claimed again first, and the step dealt with as after a crash.
 */
export class StepWorker {
  constructor(private readonly parts: WorkerParts) {}

  /** Runs everything that can run now. Resolves true when there is more to do after a turn of the event loop. */
  pump(context: ExecutionContext): boolean {
    context.heldBack = context.appending !== null && context.pending.length >= mostPending;
    if (context.heldBack) return false;
    const until = this.parts.now() + aheadMs;
    const writes: { step: Step; input: StepInput }[] = [];
    let more = false;
    for (;;) {
      const ready = this.resolveReady(context);
      if (ready.length === 0) break;
      for (const { step, input } of ready) this.startOne(context, step, input, writes);
      if (context.pending.length >= aheadEvents || this.parts.now() >= until) {
        more = true;
        break;
      }
    }
    this.abortUnwanted(context);
    if (writes.length > 0) this.runDurably(context, writes).catch((bug: unknown) => this.parts.onBug(context, bug));
    else this.parts.tracker.flush(context);
    return more;
  }

  /** Rule 1. */
  private resolveReady(context: ExecutionContext): { step: Step; input: StepInput }[] {
    const { state, graph } = context;
    const ready: { step: Step; input: StepInput }[] = [];
    const broken: { step: Step; failure: Failure }[] = [];
    for (const step of state.open) {
      if (step.status !== 'scheduled' || context.running.has(step.path) || !mayRun(state, step)) continue;
      if (step.notBefore !== null && step.notBefore > this.parts.now()) continue;
      const resolved = this.inputOf(context, step);
      if (resolved.ok) ready.push({ step, input: resolved.input });
      else broken.push({ step, failure: resolved.failure });
    }
    for (const { step, failure } of broken) this.parts.tracker.fail(context, step.path, step.attempt, { failure });
    return broken.length > 0 && ready.length === 0 && graph ? this.resolveReady(context) : ready;
  }

  /** Every attempt uses the config that the first one was given. */
  private inputOf(context: ExecutionContext, step: Step) {
    const resolved = resolveStep(context.state, context.graph!, step);
    if (step.config === null) return resolved;
    const node = nodeOfStep(context.graph!, step);
    return {
      ok: true,
      input: { node, config: step.config, incoming: resolved.ok ? resolved.input.incoming : null },
    } as const;
  }

  private startOne(
    context: ExecutionContext,
    step: Step,
    input: StepInput,
    writes: { step: Step; input: StepInput }[],
  ): void {
    const { effects } = input.node;
    if (context.state.steps.get(step.path)?.status !== 'scheduled') return;
    if (effects === 'none') return this.run(context, step, input); // rule 2
    const node = this.parts.nodes.installed(context, input.node.type);
    const wish = { path: step.path, attempt: step.attempt, config: input.config, pluginDigest: node.plugin.digest };
    if (!this.parts.tracker.begin(context, wish)) return;
    if (effects === 'read' && context.state.epoch === context.epoch)
      this.run(context, step, input); // rule 4
    else writes.push({ step, input });
  }

  /** Rule 3. */
  private async runDurably(
    context: ExecutionContext,
    writes: readonly { step: Step; input: StepInput }[],
  ): Promise<void> {
    const { lapses } = this.parts.leases;
    try {
      await this.parts.tracker.checkpoint(context);
    } catch {
      return; // not ours any more, or never accepted: whoever waits for the run hears of it
    }
    context.interrupted ||= !this.heldSince(lapses); // rule 6
    for (const { step, input } of context.interrupted ? [] : writes)
      if (hasStarted(context, step)) this.run(context, step, input);
    this.parts.onOutcome(context);
  }

  private run(context: ExecutionContext, step: Step, input: StepInput): void {
    const attempt = new RunningStep(step.path, step.nodeId, step.attempt, this.parts.leases.lapses);
    const report = (outcome: () => void): void => {
      if (context.running.get(step.path) === attempt) context.running.delete(step.path);
      if (!context.lost) outcome();
    };
    const done = (result: NodeResult) =>
      report(() =>
        this.parts.tracker.complete(context, step.path, attempt.attempt, result, configToRecord(context, input)),
      );
    const failed = (error: unknown) =>
      report(() => {
        if (this.heldSince(attempt.lapses)) this.reportFailure(context, step, attempt, error);
        else context.interrupted = true; // rule 6
      });

    context.running.set(step.path, attempt);
    let outcome: NodeResult | Promise<NodeResult>;
    try {
      const call = () => this.parts.runner.run(new StepCall(context, step, input, attempt, this.parts));
      outcome = input.node.effects === 'none' ? call() : speakingFor(attempt, call);
    } catch (error) {
      return failed(error);
    }
    if (!(outcome instanceof Promise)) return done(outcome);
    this.within(outcome, attempt, input.node.timeoutMs)
      .then(done, failed)
      .then(() => this.parts.onOutcome(context))
      .catch((bug: unknown) => this.parts.onBug(context, bug));
  }

  private heldSince(lapses: number): boolean {
    const { leases } = this.parts;
    return leases.isHeld() && leases.lapses === lapses;
  }

  /** The outcome, or a time-out, or the abort's own reason when the node does not heed its signal. */
  private within(outcome: Promise<NodeResult>, attempt: RunningStep, timeoutMs: number | null): Promise<NodeResult> {
    const { signal } = attempt;
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === null ? undefined : setTimeout(() => attempt.abort(timedOut(attempt, timeoutMs)), timeoutMs);
      const leave = () => setTimeout(() => reject(signal.reason), graceMs).unref();
      signal.addEventListener('abort', leave, { once: true });
      outcome
        .finally(() => {
          clearTimeout(timer);
          signal.removeEventListener('abort', leave);
        })
        .then(resolve, (error) => reject(signal.aborted ? signal.reason : error));
    });
  }

  private reportFailure(context: ExecutionContext, step: Step, attempt: RunningStep, error: unknown): void {
    this.parts.tracker.fail(context, step.path, attempt.attempt, readError(error));
  }

  /** Rule 5. */
  abortUnwanted(context: ExecutionContext): void {
    for (const attempt of context.running.values()) {
      const step = context.state.steps.get(attempt.path);
      const wanted =
        step?.attempt === attempt.attempt && !['cancelled', 'succeeded', 'abandoned', 'skipped'].includes(step.status);
      if (!wanted || !mayRun(context.state, step) || context.lost) attempt.abort(cancelled);
    }
  }
}

/** Whether this attempt is on the record, and nothing has come between since it was decided. */
function hasStarted({ state }: ExecutionContext, { path, attempt }: Step): boolean {
  const step = state.steps.get(path);
  return step?.status === 'running' && step.attempt === attempt;
}

const cancelled = new NodeFailure({ code: 'cancelled', message: 'The step was aborted.', uncertain: true });

const timedOut = (attempt: RunningStep, timeoutMs: number): NodeFailure =>
  new NodeFailure({
    code: 'timeout',
    message: `Attempt ${attempt.attempt} of "${attempt.nodeId}" took longer than its timeout_ms of ${timeoutMs}.`,
    retryable: true,
    uncertain: true,
  });

function readError(error: unknown): Failed {
  if (!(error instanceof NodeFailure)) {
    return {
      failure: { code: 'internal', message: 'The node threw something that is no NodeFailure.', retryable: true },
    };
  }
  const failed = { failure: failureOf(error), ...(error.usage && { metrics: error.usage }) };
  if (!error.uncertain) return failed;
  return {
    ...failed,
    uncertain: error.code === 'timeout' ? 'timeout' : error.code === 'cancelled' ? 'abort' : 'connection',
  };
}

/** In debug mode the resolved config of a pure step is recorded with its outcome; the others' stands in their start. */
const configToRecord = (context: ExecutionContext, { node, config }: StepInput): JsonObject | undefined =>
  context.state.accepted?.config['debug_mode'] === true && node.effects === 'none' ? config : undefined;
