import { hasEnded, isLeaf, isWaiting, type ExecutionState } from '#engine';
import { idOf, PayloadTooLarge, StoreUnavailable } from '#event-store';
import type { OpenExecutions, RecordedEvent } from '#event-store';
import { atMost } from './at-most.js';
import { DrivenElsewhere, type ExecutionContext } from '../execution-context.js';
import { Loader, type LoaderParts } from './loader.js';
import { Lookout } from './lookout.js';
import { driverIn, unknownRow } from '../open-row.js';
import { parkRow, type RuntimeLog } from './parking.js';
import { Places } from './places.js';
import type { StepWorker } from '../steps/step-worker.js';
import type { WorkflowTracker } from '../workflow-tracker.js';

export interface DriverParts extends LoaderParts {
  readonly openExecutions: OpenExecutions;
  /** Executions that are carried out at the same time. */
  readonly atOnce: number;
  readonly log: RuntimeLog;
  readonly now: () => number;
  /** Hears of each execution that is taken up again. */
  readonly onLoaded: (context: ExecutionContext) => void;
  /** Hears of each execution that is not carried out here any more: another process drives it, or it is parked. */
  readonly onDropped: (context: ExecutionContext) => void;
}

/** What is decided when the process stops has so long to be written; what is not is decided again elsewhere. */
const lastWriteMs = 5_000;

/** Of those that wait for their children, so many are asked after each time, in turn: rule 6. */
const parentsAtOnce = 5;

/**
 * Drives executions: an execution is in memory only while this process has something to do for it, steps that run or are
 * about to. It is let go when it has ended or only waits, and folded again from its stream when something is due.
 *
 * Of several processes one drives an execution:
 * 1. A process drives what it has accepted itself, and what it has claimed. It says so in the log when it comes after another.
 * 2. What is asked of an execution that another one drives is added to the log by whoever was asked; its driver hears of
 *    it, and goes on from there.
 * 3. While the lease is over, nothing is carried out. When it is back, each execution is claimed and read again before anything of
 *    it is: what somebody else has claimed meanwhile is dropped.
 * 4. So many are carried out at once; the others wait for a place.
 * 5. What comes into memory runs nothing yet. An attempt that is under way by its history was another process's, or this one's
 *    before it let the execution go: either way it is dealt with as after a crash.
 * 6. Who ended a child may be gone before it could say so: what waits for its children asks after them now and then.
 */
export class Driver {
  private readonly active = new Map<string, ExecutionContext>();
  private readonly loading = new Map<string, Promise<ExecutionContext | null>>();
  private readonly loader: Loader;
  private readonly places: Places<ExecutionContext>;
  /** Driven here, but not in memory: they wait for their children. Only where there are several processes. */
  private readonly parents = new Set<string>();
  /** How often the lease had been over when everything was last claimed. */
  private claimedAfter: number;
  private takenOver = 0;
  private stopping = false;
  private tracker!: WorkflowTracker;
  private worker!: StepWorker;
  private lookout!: Lookout;

  constructor(private readonly parts: DriverParts) {
    this.claimedAfter = parts.leases.lapses;
    this.loader = new Loader(parts);
    this.places = new Places(parts.atOnce);
  }

  /** The two that work for it, and report to it. */
  employ(tracker: WorkflowTracker, worker: StepWorker): void {
    this.tracker = tracker;
    this.worker = worker;
    this.lookout = new Lookout({ ...this.parts, tracker, driver: this });
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  stats(): { readonly active: number; readonly running: number } {
    const running = [...this.active.values()].reduce((sum, context) => sum + context.running.size, 0);
    return { active: this.active.size, running };
  }

  /** How many of a tenant's wait for a place. */
  waitingOf(tenant: string): number {
    return this.places.waitingOf(tenant);
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
    const next = this.places.leave(context);
    if (next) setImmediate(() => this.drive(next));
  }

  /**
   * Works on an execution that is in memory, or folded from its stream; this process is then its driver, unless another one is.
   * Null: no such execution. One that has been let go in between is loaded anew: whoever drives it is the only one here who does.
   */
  async with<T>(
    executionId: string,
    work: (context: ExecutionContext | null) => T,
    { claimed = false } = {},
  ): Promise<Awaited<T>> {
    for (;;) {
      const context = await this.contextOf(executionId, claimed);
      if (!context?.driven || this.isActive(context)) return await work(context);
    }
  }

  private isActive(context: ExecutionContext): boolean {
    return this.active.get(context.executionId) === context;
  }

  private contextOf(executionId: string, claimed: boolean): Promise<ExecutionContext | null> {
    const known = this.active.get(executionId);
    if (known) return Promise.resolve(known);
    const loading =
      this.loading.get(executionId) ?? this.load(executionId, claimed).finally(() => this.loading.delete(executionId));
    this.loading.set(executionId, loading);
    return loading;
  }

  private async load(executionId: string, claimed: boolean): Promise<ExecutionContext | null> {
    const context = await this.loader.load(executionId, claimed);
    if (!context?.driven) return context;
    this.active.set(executionId, context);
    this.parents.delete(executionId);
    const isAnothers = context.state.process !== this.parts.leases.process;
    if (isAnothers) this.takenOver += 1;
    if (isAnothers || isUnderWay(context.state)) this.tracker.takeOver(context); // rule 5
    this.parts.onLoaded(context);
    setImmediate(() => this.drive(context)); // whatever it was loaded for
    return context;
  }

  /** Carries out what can be carried out. A bug, or a plugin that is gone, parks this execution; the others go on. */
  drive(context: ExecutionContext): void {
    if (context.lost instanceof PayloadTooLarge) return void this.park(context, context.lost);
    if (context.lost) return this.drop(context);
    if (!this.isActive(context)) return this.tracker.flush(context);
    try {
      if (!this.mayDrive(context)) return this.tracker.flush(context);
      if (context.interrupted) this.takeUpAnew(context);
      if (this.worker.pump(context)) setImmediate(() => this.drive(context));
      else if (!context.appending) this.letGo(context);
    } catch (error) {
      void this.park(context, error);
    }
  }

  /** Rules 3 and 4. */
  private mayDrive(context: ExecutionContext): boolean {
    if (!context.driven || this.stopping || !this.places.has(context)) return false;
    const { leases } = this.parts;
    return leases.isHeld() && leases.lapses === context.lapses;
  }

  /** Some of it has become durable. */
  becameDurable(context: ExecutionContext): void {
    if (context.openRow?.dueAt) this.lookout.notice(context.openRow.dueAt);
    if (isBehind(context)) setImmediate(() => void this.catchUp(context));
    else if (context.heldBack) setImmediate(() => this.drive(context));
    else if (context.lapses !== this.parts.leases.lapses) setImmediate(() => void this.claimOne(context));
    else this.letGo(context);
  }

  private letGo(context: ExecutionContext): void {
    if (context.driven ? isBusy(context) : context.pending.length > 0) return;
    this.forget(context);
    const waitsForChildren = context.driven && driverIn(context.state) !== null;
    if (this.parts.leases.several && waitsForChildren) this.parents.add(context.executionId);
  }

  /** Rule 2: an event that may be another process's. One that is known already changes nothing. */
  async heard({ stream, revision }: RecordedEvent): Promise<void> {
    const executionId = idOf(stream);
    const context = this.active.get(executionId);
    if (!context) return this.parents.has(executionId) ? this.goOn(executionId) : undefined;
    if (revision <= context.head.revision) return;
    context.toldOf = revision;
    if (!context.appending) await this.catchUp(context);
  }

  /** Where it cannot be read, it is tried again when next looked for what was missed. */
  private async catchUp(context: ExecutionContext): Promise<void> {
    await this.tracker.catchUp(context).catch(() => undefined);
  }

  /** Rule 2: what another process has added is in memory; there may be something to do. */
  tookIn(context: ExecutionContext): void {
    if (!context.driven) return;
    this.parts.onLoaded(context);
    setImmediate(() => this.drive(context));
  }

  private goOn(executionId: string): Promise<void> {
    return this.with(executionId, (context) => {
      if (context?.driven) this.drive(context);
    });
  }

  /** Somebody else drives it now. */
  private drop(context: ExecutionContext): void {
    context.lost ??= new DrivenElsewhere(context.executionId);
    this.forget(context);
    this.worker.abortUnwanted(context);
    this.parts.onDropped(context);
  }

  /** Takes up what a process before this one has left, then looks out for what is due. Resolves once all of it is under way. */
  async recover(): Promise<void> {
    await this.lookout.start();
    if (this.takenOver > 0) this.parts.log.info({ executions: this.takenOver }, 'Executions taken up again');
  }

  /** No new work; what runs gets this long; what has not ended by then goes on elsewhere, or at the next start. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.lookout.stop();
    const until = performance.now() + graceMs;
    while ([...this.active.values()].some((context) => context.running.size > 0) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const left = [...this.active.values()].filter(({ driven }) => driven);
    await atMost(lastWriteMs, Promise.allSettled(left.map((context) => this.tracker.checkpoint(context))));
    for (const context of left) {
      context.lost ??= new StoreUnavailable('The process has stopped.');
      this.worker.abortUnwanted(context);
    }
  }

  /** How many more may be carried out at once. */
  get free(): number {
    return this.places.free;
  }

  /** What could not be read or claimed when it should have been. */
  readAgain(): void {
    for (const context of this.active.values()) {
      if (isBehind(context) && !context.appending) void this.catchUp(context);
      else if (context.lapses !== this.claimedAfter) void this.claimOne(context);
    }
  }

  /** Rule 6. */
  async askAfterChildren(): Promise<void> {
    for (const executionId of [...this.parents.values().take(parentsAtOnce)]) {
      this.parents.delete(executionId); // the last now, if it goes on waiting
      await this.goOn(executionId).catch(() => undefined);
    }
  }

  /** In memory, on its way there, or let go until its children have ended. */
  has(executionId: string): boolean {
    return this.active.has(executionId) || this.loading.has(executionId) || this.parents.has(executionId);
  }

  /** Rule 3. */
  async claimAgain(): Promise<void> {
    const { lapses } = this.parts.leases;
    if (lapses === this.claimedAfter) return;
    for (const context of [...this.active.values()]) await this.claimOne(context);
    this.claimedAfter = lapses;
  }

  /** Rule 3. While something of it is being written, it waits for that to be known; while it cannot be read, it is tried again. */
  private async claimOne(context: ExecutionContext): Promise<void> {
    const { leases } = this.parts;
    const { lapses } = leases;
    if (context.appending || context.lapses === lapses || context.lost) return;
    try {
      if (!(await leases.claim(context.stream, context.head.revision))) return this.drop(context);
      if (context.appending) return;
      await this.tracker.catchUp(context); // somebody may have driven it meanwhile, who is gone
    } catch (error) {
      if (context.lost || error instanceof StoreUnavailable) return;
      return this.park(context, error);
    }
    context.lapses = lapses;
    for (const attempt of context.running.values()) attempt.lapses = lapses;
    this.drive(context);
  }

  /** A call that was decided was not made, or nobody can tell: the step is dealt with as after a crash. */
  private takeUpAnew(context: ExecutionContext): void {
    context.interrupted = false;
    this.tracker.takeOver(context);
  }

  /** Of an execution that cannot be carried out here. */
  async park(context: ExecutionContext, error: unknown): Promise<void> {
    this.forget(context);
    context.lost = error as Error;
    this.worker.abortUnwanted(context);
    this.parts.onDropped(context);
    await parkRow(this.parts, unknownRow(context), error);
  }
}

/** Something of it runs, is about to, or is yet to be written or read. */
const isBusy = (context: ExecutionContext): boolean => {
  const { state, running, pending } = context;
  return running.size > 0 || pending.length > 0 || isBehind(context) || (!hasEnded(state) && hasWork(state));
};

/** Another process is known to have added something. */
const isBehind = ({ toldOf, head }: ExecutionContext): boolean => toldOf > head.revision;

/** A step that runs, or whose start has just become durable, or that may start now. */
const hasWork = (state: ExecutionState): boolean =>
  isUnderWay(state) ||
  state.open.values().some(({ status, notBefore }) => status === 'scheduled' && notBefore === null);

const isUnderWay = ({ open }: ExecutionState): boolean =>
  open.values().some((step) => step.status === 'running' && isLeaf(step));

/** It has ended or only waits, and all of that is durable. */
export const isAtRest = ({ state, pending, writing, running }: ExecutionContext): boolean =>
  pending.length === 0 && !writing && (hasEnded(state) || (running.size === 0 && isWaiting(state)));
