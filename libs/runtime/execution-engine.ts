import { hasEnded, stepOfApproval, type CommandOf } from '#engine';
import { executionStream, type RecordedEvent } from '#event-store';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { actorOf } from './actor.js';
import { checkFields } from './approval-fields.js';
import { Children } from './driving/children.js';
import { Driver } from './driving/driver.js';
import { Rumours } from './driving/rumours.js';
import type { BeginOptions, EngineParts } from './engine-parts.js';
import { eventId } from './event-ids.js';
import { DrivenElsewhere, type ExecutionContext } from './execution-context.js';
import type { Caller, ExecutionRequest } from './execution-request.js';
import type { ExecutionResult } from './execution-result.js';
import { ExecutionReader, type StateAt } from './reading/execution-reader.js';
import { Graphs } from './reading/graphs.js';
import { fold } from './reading/history.js';
import { derivedId } from './starting/acceptance.js';
import type { RetryFrom } from './starting/retry.js';
import { notFound, Starts } from './starting/starts.js';
import { PinnedNodes } from './reading/pinned-nodes.js';
import { StepLogs } from './steps/step-logs.js';
import { StepWorker } from './steps/step-worker.js';
import type { Frame, Run } from './watching/run.js';
import { lookAgainMs, Runs } from './watching/runs.js';
import { watch } from './watching/watch.js';
import { textSoFar, Watchers } from './watching/watchers.js';
import { WorkflowTracker } from './workflow-tracker.js';

/** What is asked of an execution whose driver changes meanwhile is asked again. */
const mostTries = 5;

/** The one way in: every workflow, of whatever type, is executed here. */
export class ExecutionEngine {
  private readonly tracker: WorkflowTracker;
  private readonly driver: Driver;
  private readonly graphs: Graphs;
  private readonly reader: ExecutionReader;
  private readonly watchers = new Watchers();
  private readonly logs = new StepLogs();
  private readonly starts: Starts;
  private readonly children: Children;
  private readonly rumours: Rumours;

  constructor(private readonly parts: EngineParts) {
    const now = parts.now ?? Date.now;
    const nodes = new PinnedNodes(parts.catalogue);
    const { store, payloads, leases, openExecutions, log, priceTable } = parts;
    this.graphs = new Graphs(nodes, payloads);
    this.reader = new ExecutionReader({
      store,
      payloads,
      graphs: this.graphs,
      priceTable,
      logLines: (id) => this.logs.of(id),
    });
    this.driver = new Driver({
      store,
      openExecutions,
      payloads,
      graphs: this.graphs,
      leases,
      atOnce: parts.atOnce ?? 1_000,
      log,
      now,
      onLoaded: (context) => this.children.takenUp(context),
      onDropped: (context) => this.watchers.lost(context),
    });
    this.tracker = new WorkflowTracker({
      store,
      payloads,
      leases,
      now,
      chance: parts.chance ?? Math.random,
      rest,
      onDurable: (context, events) => this.becameDurable(context, events),
      onTakenIn: (context) => this.driver.tookIn(context),
      onLost: (context) => this.driver.drive(context),
    });
    const worker = new StepWorker({
      leases,
      tracker: this.tracker,
      runner: parts.runner,
      nodes,
      now,
      onToken: (context, step, text) => this.watchers.token(context, step, text),
      onLog: (context, line) => this.logs.add(context.executionId, { at: new Date(now()).toISOString(), ...line }),
      onOutcome: (context) => this.driver.drive(context),
      onBug: (context, error) => void this.driver.park(context, error),
    });
    this.driver.employ(this.tracker, worker);
    this.rumours = new Rumours({ store, leases, log, heard: (event) => this.driver.heard(event) });
    const { driver, tracker, watchers, graphs } = this;
    const runs = new Runs({
      leases,
      store,
      payloads,
      priceTable,
      driver: this.driver,
      tracker: this.tracker,
      watchers: this.watchers,
      result: (tenant, id) => this.reader.result(tenant, id),
      watch: (tenant, id, signal) => this.watch(tenant, id, { signal }),
    });
    this.starts = new Starts({ ...parts, graphs, driver, tracker, watchers, runs });
    this.children = new Children({
      begin: (parent, child) => this.starts.child(parent, child),
      stateOf: async (id) => (await fold(store, payloads, id))?.state ?? null,
      tell: (id, report) => this.tell(id, (context) => tracker.endChild(context, report)),
      durable: (context) => tracker.checkpoint(context),
      cancel: (id, reason) => this.tell(id, (context) => cancelChild(tracker, context, reason)),
      onError: (id, error) =>
        log.error({ execution: id, reason: String(error) }, 'A child and its parent have not met'),
      rest,
      isStopping: () => driver.isStopping,
    });
  }

  /** Takes up what a process before this one has left, and keeps timers from then on. */
  async recover(): Promise<void> {
    if (!this.parts.leases.drives) return;
    await this.rumours.listen();
    await this.driver.recover();
  }

  /** No new work; steps in flight get `graceMs`. What has not ended by then goes on at the next start. */
  async stop(graceMs = 10_000): Promise<void> {
    this.rumours.stop();
    await this.driver.stop(graceMs);
  }

  /** How much is in memory. */
  stats(): { readonly active: number; readonly running: number } {
    return this.driver.stats();
  }

  /** Starts an execution, or finds the one that this idempotency key has started. Throws a refusal where nothing is recorded. */
  begin(request: ExecutionRequest, options: BeginOptions): Promise<Run> {
    return this.starts.begin(request, options);
  }

  /** Another try of one that has ended: a new execution, in which what had settled before that point is recalled. */
  retry(executionId: string, from: RetryFrom, options: BeginOptions): Promise<Run> {
    return this.starts.retry(executionId, from, options);
  }

  /** Begins, and waits for the end, or for the first wait. */
  async execute(
    request: ExecutionRequest,
    { userId, tenant = 'default' }: { userId: string; tenant?: string },
  ): Promise<ExecutionResult> {
    const caller: Caller = { sub: userId, tenant, via: 'session' };
    const run = await this.begin(request, { caller, requestDigest: '' });
    return run.settled(Number.POSITIVE_INFINITY);
  }

  /** The execution as its log has it now; null where this tenant has none of that id. */
  result(tenant: string, executionId: string): Promise<ExecutionResult | null> {
    return this.reader.result(tenant, executionId);
  }

  /** As it was after event `revision`; null where there is no such execution or event. */
  stateAt(tenant: string, executionId: string, revision: bigint): Promise<StateAt | null> {
    return this.reader.stateAt(tenant, executionId, revision);
  }

  /** Log lines of its steps, as far as this process has them; null where there is no such execution. */
  async logLines(tenant: string, executionId: string): Promise<readonly JsonObject[] | null> {
    return (await this.reader.exists(tenant, executionId)) ? this.logs.of(executionId) : null;
  }

  /** Every durable event after `from`, then live, with previews of text. Ends behind the last event. */
  async watch(
    tenant: string,
    executionId: string,
    { from = -1n, signal }: { from?: bigint; signal: AbortSignal },
  ): Promise<AsyncIterable<Frame>> {
    const known = this.driver.known(executionId)?.tenant === tenant || (await this.reader.exists(tenant, executionId));
    if (!known) throw notFound(executionId);
    const stored = (after: bigint) => this.parts.store.readStream(executionStream(executionId), { from: after + 1n });
    return watch(
      {
        stored,
        listen: (listener) => this.watchers.listen(executionId, listener),
        previews: () => {
          const context = this.driver.known(executionId);
          return context ? textSoFar(context) : [];
        },
        ...(this.parts.leases.several && { look: { everyMs: lookAgainMs, stored } }),
      },
      from,
      signal,
    );
  }

  cancel(
    tenant: string,
    executionId: string,
    wish: { by: Caller; reason: string | null; force: boolean },
  ): Promise<ExecutionResult> {
    const { by, reason, force } = wish;
    const actor = actorOf(by);
    return this.command(tenant, executionId, (context) =>
      this.tracker.cancel(context, { by: by.sub, reason, force }, actor),
    );
  }

  resolveUncertain(
    tenant: string,
    executionId: string,
    path: string,
    wish: { by: Caller; outcome: 'succeeded' | 'failed' | 'retry'; output?: JsonValue },
  ): Promise<ExecutionResult> {
    const { by, ...resolution } = wish;
    const actor = actorOf(by);
    return this.command(tenant, executionId, (context) =>
      this.tracker.resolve(context, { path, ...resolution }, actor),
    );
  }

  /** A signal: the same one twice (by its id) is one. Kept where nothing waits for it yet. */
  signal(
    tenant: string,
    executionId: string,
    wish: { by: Caller; name: string; payload: JsonValue; idempotencyKey?: string },
  ): Promise<ExecutionResult> {
    const { by, name, payload, idempotencyKey } = wish;
    const route = `signal/${executionId}/${name}`;
    const signalId = idempotencyKey === undefined ? eventId() : derivedId(this.parts.secret, by, route, idempotencyKey);
    const actor = actorOf(by);
    return this.command(tenant, executionId, (context) =>
      this.tracker.signal(context, { by: by.sub, name, payload, signalId }, actor),
    );
  }

  /** One vote on an approval. `as`: what else the voter is known by. */
  decideApproval(
    tenant: string,
    executionId: string,
    wish: { by: Caller; as: readonly string[] } & Omit<CommandOf<'DecideApproval'>, 'type' | 'at' | 'by' | 'as'>,
  ): Promise<ExecutionResult> {
    const { by, ...vote } = wish;
    const actor = actorOf(by);
    return this.command(tenant, executionId, (context) => {
      checkFields(stepOfApproval(context.state, vote.approvalId).wait.request.shown.fields, vote.fields);
      this.tracker.decideApproval(context, { by: by.sub, ...vote }, actor);
    });
  }

  private async command(
    tenant: string,
    executionId: string,
    wish: (context: ExecutionContext) => void,
  ): Promise<ExecutionResult> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.driver.with(executionId, (context) => {
          if (context?.tenant !== tenant) throw notFound(executionId);
          return this.carryOut(context, wish);
        });
        return (await this.result(tenant, executionId))!;
      } catch (error) {
        if (!(error instanceof DrivenElsewhere) || tries === mostTries) throw error;
      }
    }
  }

  /** An execution tells another. One that is not there (any more) is told nothing. */
  private tell(executionId: string, wish: (context: ExecutionContext) => void): Promise<void> {
    return this.driver.with(executionId, async (context) => {
      if (context && !hasEnded(context.state)) await this.carryOut(context, wish);
    });
  }

  /** A refusal, too, is given only once what it stands on is durable. */
  private async carryOut(context: ExecutionContext, wish: (context: ExecutionContext) => void): Promise<void> {
    let refusal: unknown = null;
    try {
      wish(context);
    } catch (error) {
      refusal = error;
    }
    this.driver.drive(context);
    await this.tracker.checkpoint(context);
    if (refusal !== null) throw refusal;
  }

  private becameDurable(context: ExecutionContext, events: readonly RecordedEvent[]): void {
    this.parts.onDurable?.(events);
    this.driver.becameDurable(context);
    this.watchers.durable(context, events);
    this.children.becameDurable(context, events);
  }
}

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());

function cancelChild(tracker: WorkflowTracker, context: ExecutionContext, reason: string): void {
  if (context.state.status === 'running')
    tracker.cancel(context, { by: 'engine', reason, force: false }, { sub: 'engine', via: 'engine' });
}
