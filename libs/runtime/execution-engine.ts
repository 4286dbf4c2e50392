import { Refusal } from '#engine';
import { executionStream } from '#event-store';
import type { Actor, EventStore, OpenExecutions, PayloadStore, RecordedEvent } from '#event-store';
import type { NodeCatalogue, NodeRunner } from '#plugin-host';
import type { JsonObject, JsonValue } from '#plugin-sdk';
import { eventId } from './event-ids.js';
import { acceptedAs, derivedId, examine, type Examined } from './acceptance.js';
import { Driver, type RuntimeLog } from './driver.js';
import { newContext, type ExecutionContext } from './execution-context.js';
import { ExecutionReader, type StateAt } from './execution-reader.js';
import type { Caller, ExecutionRequest } from './execution-request.js';
import type { ExecutionResult } from './execution-result.js';
import { Graphs } from './graphs.js';
import { PinnedNodes } from './pinned-nodes.js';
import type { ChatSource, DefinitionSource, GraphCheck, TemplateSource } from './ports.js';
import type { Frame, Run } from './run.js';
import { Runs } from './runs.js';
import { StepLogs } from './step-logs.js';
import { StepWorker } from './step-worker.js';
import { watch } from './watch.js';
import { textSoFar, Watchers } from './watchers.js';
import { WorkflowTracker } from './workflow-tracker.js';

export interface EngineParts {
  readonly store: EventStore;
  readonly openExecutions: OpenExecutions;
  readonly payloads: PayloadStore;
  readonly definitions: DefinitionSource;
  readonly templates?: TemplateSource;
  readonly chats?: ChatSource;
  readonly check: GraphCheck;
  readonly catalogue: NodeCatalogue;
  readonly runner: NodeRunner;
  /** Keys the ids that are derived from idempotency keys. */
  readonly secret: string;
  /** Tells this process from every other, also from itself before a restart. */
  readonly process: string;
  readonly priceTable: string;
  readonly log: RuntimeLog;
  /** Hears of what has become durable: wakes the projector. */
  readonly onDurable?: (events: readonly RecordedEvent[]) => void;
  readonly now?: () => number;
  readonly chance?: () => number;
}

export interface BeginOptions {
  readonly caller: Caller;
  readonly idempotencyKey?: string;
  readonly correlationId?: string;
  /** SHA-256 of the request's body in canonical form. */
  readonly requestDigest: string;
  /** Of the request itself; those of the graph come with them. */
  readonly warnings?: readonly JsonObject[];
}

/** More at once are refused: memory stays bounded. */
const maxInMemory = 5_000;

/** The one way in: every workflow, of whatever type, is executed here. */
export class ExecutionEngine {
  private readonly tracker: WorkflowTracker;
  private readonly driver: Driver;
  private readonly graphs: Graphs;
  private readonly reader: ExecutionReader;
  private readonly watchers = new Watchers();
  private readonly logs = new StepLogs();
  private readonly runs: Runs;

  constructor(private readonly parts: EngineParts) {
    const now = parts.now ?? Date.now;
    const nodes = new PinnedNodes(parts.catalogue);
    const { store, payloads, process, openExecutions, log, priceTable } = parts;
    this.graphs = new Graphs(nodes, payloads);
    this.reader = new ExecutionReader({
      store,
      payloads,
      graphs: this.graphs,
      priceTable,
      logLines: (id) => this.logs.of(id),
    });
    this.driver = new Driver({ store, openExecutions, payloads, graphs: this.graphs, process, log, now });
    this.tracker = new WorkflowTracker({
      store,
      payloads,
      process,
      now,
      chance: parts.chance ?? Math.random,
      rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
      onDurable: (context, events) => this.becameDurable(context, events),
    });
    const worker = new StepWorker({
      tracker: this.tracker,
      runner: parts.runner,
      nodes,
      now,
      onToken: (context, step, text) => this.watchers.token(context, step, text),
      onLog: (context, line) => this.logs.add(context.executionId, { at: new Date(now()).toISOString(), ...line }),
      onOutcome: (context) => this.driver.drive(context),
    });
    this.driver.employ(this.tracker, worker);
    this.runs = new Runs({
      store,
      payloads,
      priceTable,
      driver: this.driver,
      tracker: this.tracker,
      watchers: this.watchers,
      result: (tenant, id) => this.reader.result(tenant, id),
      watch: (tenant, id, signal) => this.watch(tenant, id, { signal }),
    });
  }

  /** Takes up what a process before this one has left, and keeps timers from then on. */
  recover(): Promise<void> {
    return this.driver.recover();
  }

  /** No new work; steps in flight get `graceMs`. What has not ended by then goes on at the next start. */
  stop(graceMs = 10_000): Promise<void> {
    return this.driver.stop(graceMs);
  }

  /** How much is in memory. */
  stats(): { readonly active: number; readonly running: number } {
    return this.driver.stats();
  }

  /** Starts an execution, or finds the one that this idempotency key has started. Throws a refusal where nothing is recorded. */
  async begin(request: ExecutionRequest, options: BeginOptions): Promise<Run> {
    this.keepBounds();
    const { caller, idempotencyKey, requestDigest } = options;
    const id =
      idempotencyKey === undefined ? eventId() : derivedId(this.parts.secret, caller, 'execute', idempotencyKey);
    const known = idempotencyKey === undefined ? null : await this.runs.attach(caller.tenant, id, requestDigest);
    return known ?? this.start(id, request, await examine(request, caller, id, this.parts), options);
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

  private keepBounds(): void {
    if (this.driver.isStopping)
      throw new Refusal('shutting_down', 'This process is stopping and takes no new work. Try again.');
    const { active } = this.driver.stats();
    if (active >= maxInMemory)
      throw new Refusal('overloaded', `${active} executions are under way. Try again in a moment.`);
  }

  private async start(id: string, request: ExecutionRequest, examined: Examined, options: BeginOptions): Promise<Run> {
    const { caller, requestDigest, correlationId } = options;
    const by: Actor = { sub: caller.sub, via: caller.via };
    const ready =
      examined.graph && examined.failure === null ? this.graphs.prepare(examined.graph, examined.digest!) : null;
    const warnings = [...(options.warnings ?? []), ...examined.warnings];
    const accepted = acceptedAs(
      request,
      { ...examined, warnings },
      { caller, requestDigest, process: this.parts.process, pins: ready?.pins ?? {} },
    );
    if (ready && !examined.published) await this.graphs.store(caller.tenant, ready.graph);
    const rival = this.driver.known(id);
    if (rival) return this.runs.join(rival, requestDigest);
    const context = newContext({
      executionId: id,
      tenant: caller.tenant,
      correlationId: correlationId ?? id,
      priority: request.config?.priority ?? 0,
      graph: ready?.compiled ?? null,
    });
    if (ready) this.tracker.start(context, accepted, by);
    else this.tracker.refuse(context, { accepted, failure: examined.failure! }, by);
    const ahead = request.config?.streaming ? this.watchers.ahead(id) : null;
    this.driver.take(context);
    return this.runs.of(context, requestDigest, ahead);
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
    return watch(
      {
        stored: (after) => this.parts.store.readStream(executionStream(executionId), { from: after + 1n }),
        listen: (listener) => this.watchers.listen(executionId, listener),
        previews: () => {
          const context = this.driver.known(executionId);
          return context ? textSoFar(context) : [];
        },
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
    const actor: Actor = { sub: by.sub, via: by.via };
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
    const actor: Actor = { sub: by.sub, via: by.via };
    return this.command(tenant, executionId, (context) =>
      this.tracker.resolve(context, { path, ...resolution }, actor),
    );
  }

  private async command(
    tenant: string,
    executionId: string,
    tell: (context: ExecutionContext) => void,
  ): Promise<ExecutionResult> {
    const context = await this.driver.contextOf(executionId);
    if (context?.tenant !== tenant) throw notFound(executionId);
    tell(context);
    this.driver.drive(context);
    await this.tracker.checkpoint(context);
    return (await this.result(tenant, executionId))!;
  }

  private becameDurable(context: ExecutionContext, events: readonly RecordedEvent[]): void {
    this.parts.onDurable?.(events);
    this.driver.becameDurable(context);
    this.watchers.durable(context, events);
  }
}

const notFound = (executionId: string): Refusal =>
  new Refusal('execution_not_found', `There is no execution exec_${executionId}.`);
