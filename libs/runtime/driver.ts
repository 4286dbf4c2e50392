import { hasEnded, isLeaf, isWaiting } from '#engine';
import type { EventStore, OpenExecution, OpenExecutions, PayloadStore } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { newContext, type ExecutionContext } from './execution-context.js';
import type { Graphs } from './graphs.js';
import { fold } from './history.js';
import type { StepWorker } from './step-worker.js';
import { Timers } from './timers.js';
import type { WorkflowTracker } from './workflow-tracker.js';

export interface DriverParts {
  readonly store: EventStore;
  readonly openExecutions: OpenExecutions;
  readonly payloads: PayloadStore;
  readonly graphs: Graphs;
  readonly process: string;
  readonly log: RuntimeLog;
  readonly now: () => number;
  /** Hears of each execution that is taken up again. */
  readonly onLoaded: (context: ExecutionContext) => void;
}

export interface RuntimeLog {
  info(fields: JsonObject, message: string): void;
  error(fields: JsonObject, message: string): void;
}

const page = 200;

/**
 * Drives executions: an execution is in memory only while this process has something to do for it, steps that run or are
 * about to. It is let go when it has ended or only waits, and folded again from its stream when something is due.
 */
export class Driver {
  private readonly active = new Map<string, ExecutionContext>();
  private readonly loading = new Map<string, Promise<ExecutionContext | null>>();
  private readonly timers: Timers;
  private stopping = false;
  private tracker!: WorkflowTracker;
  private worker!: StepWorker;

  constructor(private readonly parts: DriverParts) {
    const { now, openExecutions } = parts;
    this.timers = new Timers({ now, nextDue: () => openExecutions.nextDue(), wakeDue: (at) => this.wakeDue(at) });
  }

  /** The two that work for it, and report to it. */
  employ(tracker: WorkflowTracker, worker: StepWorker): void {
    this.tracker = tracker;
    this.worker = worker;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  stats(): { readonly active: number; readonly running: number } {
    const running = [...this.active.values()].reduce((sum, context) => sum + context.running.size, 0);
    return { active: this.active.size, running };
  }

  /** In memory at this moment. */
  known(executionId: string): ExecutionContext | undefined {
    return this.active.get(executionId);
  }

  /** Takes in a new execution and begins to carry it out. */
  take(context: ExecutionContext): void {
    this.active.set(context.executionId, context);
    this.drive(context);
  }

  forget(context: ExecutionContext): void {
    if (this.active.get(context.executionId) === context) this.active.delete(context.executionId);
  }

  /** In memory, or folded from its stream; this process is then its driver. Null: no such execution. */
  contextOf(executionId: string): Promise<ExecutionContext | null> {
    const known = this.active.get(executionId);
    if (known) return Promise.resolve(known);
    const loading =
      this.loading.get(executionId) ?? this.load(executionId).finally(() => this.loading.delete(executionId));
    this.loading.set(executionId, loading);
    return loading;
  }

  private async load(executionId: string): Promise<ExecutionContext | null> {
    const { store, payloads, graphs, process } = this.parts;
    const folded = await fold(store, payloads, executionId);
    if (!folded) return null;
    const { state, first, last } = folded;
    const accepted = state.accepted!;
    const { tenant, $correlationId: correlationId } = first.envelope;
    const graph = hasEnded(state) ? null : await graphs.load(tenant, accepted);
    const priority = Number(accepted.config['priority'] ?? 0);
    const context = newContext({ executionId, tenant, correlationId, priority, graph });
    context.state = state;
    context.head = { revision: last.revision, hash: last.envelope.hash };
    context.position = last.position;
    context.openRow = unknownRow(context);
    if (hasEnded(state)) return context;
    this.active.set(executionId, context);
    if (state.process !== process) this.tracker.takeOver(context);
    this.parts.onLoaded(context);
    return context;
  }

  /** Carries out what can be carried out. A bug, or a plugin that is gone, parks this execution; the others go on. */
  drive(context: ExecutionContext): void {
    if (context.lost) return this.forget(context);
    try {
      if (this.stopping) return this.tracker.flush(context);
      if (this.worker.pump(context)) setImmediate(() => this.drive(context));
      else if (!context.appending) this.letGo(context);
    } catch (error) {
      void this.park(context, error);
    }
  }

  /** Some of it has become durable. */
  becameDurable(context: ExecutionContext): void {
    if (context.openRow?.dueAt) this.timers.notice(context.openRow.dueAt);
    this.letGo(context);
  }

  private letGo(context: ExecutionContext): void {
    if (!isBusy(context)) this.forget(context);
  }

  /** Takes up what a process before this one has left, then keeps the timers. Resolves once all of it is under way. */
  async recover(): Promise<void> {
    let after: string | undefined;
    let taken = 0;
    for (let rows: readonly OpenExecution[] = []; after === undefined || rows.length === page;) {
      rows = await this.parts.openExecutions.list({ limit: page, ...(after !== undefined && { after }) });
      const running = rows.filter((row) => row.status === 'running');
      await Promise.all(running.map((row) => this.wake(row)));
      taken += running.length;
      after = rows.at(-1)?.stream ?? '';
    }
    if (taken > 0) this.parts.log.info({ executions: taken }, 'Executions taken up again');
    await this.timers.start();
  }

  /** No new work; what runs gets this long; what has not ended by then goes on elsewhere, or at the next start. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.timers.stop();
    const until = performance.now() + graceMs;
    while ([...this.active.values()].some((context) => context.running.size > 0) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const left = [...this.active.values()];
    await Promise.allSettled(left.map((context) => this.tracker.checkpoint(context)));
    for (const context of left) {
      context.lost ??= new Error('The process has stopped.');
      this.worker.abortUnwanted(context);
    }
  }

  private async wakeDue(now: number): Promise<void> {
    for (
      let due: readonly OpenExecution[] = await this.dueAt(now);
      due.length > 0;
      due = due.length < page ? [] : await this.dueAt(now)
    ) {
      await Promise.all(due.map((row) => this.wake(row)));
    }
  }

  private dueAt(now: number): Promise<readonly OpenExecution[]> {
    return this.parts.openExecutions.due(now, page);
  }

  /** What is due is decided from the stream; the row is a hint. */
  private async wake(row: OpenExecution): Promise<void> {
    try {
      const context = await this.contextOf(row.stream.slice('execution-'.length));
      if (!context || hasEnded(context.state)) return;
      this.tracker.timeOut(context);
      const now = this.parts.now();
      for (const step of [...context.state.open]) {
        if (step.status === 'waiting' && step.dueAt !== null && step.dueAt <= now)
          this.tracker.fireTimer(context, step.path);
      }
      this.drive(context);
      await this.tracker.checkpoint(context).catch(() => undefined);
    } catch (error) {
      await this.parkRow(row, error);
    }
  }

  private async park(context: ExecutionContext, error: unknown): Promise<void> {
    this.forget(context);
    context.lost = error as Error;
    this.worker.abortUnwanted(context);
    await this.parkRow(unknownRow(context), error);
  }

  private async parkRow(row: OpenExecution, error: unknown): Promise<void> {
    this.parts.log.error({ stream: row.stream, reason: String(error) }, 'Execution parked');
    await this.parts.openExecutions.put({ ...row, status: 'parked', dueAt: null }).catch(() => undefined);
  }
}

/** Stands for a row that this process has not written itself: the next append writes it anew, or removes it. */
const unknownRow = ({ stream, tenant, priority }: ExecutionContext): OpenExecution => ({
  stream,
  tenant,
  priority,
  status: 'parked',
  dueAt: null,
});

/** Something of it runs, is about to, or is yet to be written. */
const isBusy = ({ state, running, pending }: ExecutionContext): boolean =>
  running.size > 0 || pending.length > 0 || (!hasEnded(state) && hasWork(state.open));

/** A step that runs, or whose start has just become durable, or that may start now. */
const hasWork = (open: ExecutionContext['state']['open']): boolean => {
  for (const step of open) {
    if (step.status === 'scheduled' && step.notBefore === null) return true;
    if (step.status === 'running' && isLeaf(step)) return true;
  }
  return false;
};

/** It has ended or only waits, and all of that is durable. */
export const isAtRest = ({ state, pending, writing, running }: ExecutionContext): boolean =>
  pending.length === 0 && !writing && (hasEnded(state) || (running.size === 0 && isWaiting(state)));
