import { Refusal, type Accepted, type ChildStarted, type ExecutionEvent, type Parent } from '#engine';
import type { Leases } from '#event-store';
import { actorOf } from '../actor.js';
import { acceptedAs, derivedId, examine, type Examined } from './acceptance.js';
import { childRequest, parentOf } from './child-request.js';
import type { Driver } from '../driving/driver.js';
import { eventId } from '../event-ids.js';
import { newContext, type ExecutionContext } from '../execution-context.js';
import type { BeginOptions, EngineParts } from '../engine-parts.js';
import type { ExecutionRequest } from '../execution-request.js';
import type { Graphs } from '../reading/graphs.js';
import { fold, history } from '../reading/history.js';
import { planRetry, type RetryFrom } from './retry.js';
import type { Run } from '../watching/run.js';
import type { Runs } from '../watching/runs.js';
import type { Watchers } from '../watching/watchers.js';
import type { WorkflowTracker } from '../workflow-tracker.js';

export interface StartsParts extends EngineParts {
  readonly graphs: Graphs;
  readonly driver: Driver;
  readonly tracker: WorkflowTracker;
  readonly runs: Runs;
  readonly watchers: Watchers;
}

/** More at once are refused: memory stays bounded. */
const maxInMemory = 5_000;

/** Of those that wait for a place, or for a process, so many may be one tenant's, and so many all tenants'. */
const maxWaitingOfOne = 2_000;
const maxWaiting = 10_000;

/** How executions begin: asked for by a caller, tried again, or started by another execution. */
export class Starts {
  constructor(private readonly parts: StartsParts) {}

  /** Starts an execution, or finds the one that this idempotency key has started. Throws a refusal where nothing is recorded. */
  async begin(request: ExecutionRequest, options: BeginOptions): Promise<Run> {
    return this.once('execute', options, async (id) =>
      this.start(id, request, await examine(request, options.caller, id, this.parts), options),
    );
  }

  /** Another try of one that has ended: a new execution, in which what had settled before that point is recalled. */
  retry(executionId: string, from: RetryFrom, options: BeginOptions): Promise<Run> {
    return this.once(`retry/${executionId}`, options, (id) => this.startRetry(id, executionId, from, options));
  }

  /** Started once, whoever starts it again. Resolves once it is accepted. */
  async child(parent: ExecutionContext, child: ChildStarted): Promise<void> {
    if (await fold(this.parts.store, this.parts.payloads, child.child_id)) return;
    const options = {
      caller: { sub: parent.state.accepted!.subject, tenant: parent.tenant, via: 'engine' as const },
      requestDigest: '',
      correlationId: parent.correlationId,
    };
    const request = childRequest(parent.state, child);
    const examined = await examine(request, options.caller, child.child_id, this.parts);
    const run = await this.start(child.child_id, request, examined, options, parentOf(parent.state, child));
    await run.accepted();
  }

  private async once(route: string, options: BeginOptions, start: (id: string) => Promise<Run>): Promise<Run> {
    await this.keepBounds(options.caller.tenant);
    const { caller, idempotencyKey, requestDigest } = options;
    if (idempotencyKey === undefined) return start(eventId());
    const id = derivedId(this.parts.secret, caller, route, idempotencyKey);
    return (await this.parts.runs.attach(caller.tenant, id, requestDigest)) ?? start(id);
  }

  private async keepBounds(tenant: string): Promise<void> {
    const { driver, leases } = this.parts;
    if (driver.isStopping)
      throw new Refusal('shutting_down', 'This process is stopping and takes no new work. Try again.');
    const { active } = driver.stats();
    const { ofTenant, ofAll } = await leases.backlog(tenant);
    if (active >= maxInMemory || ofAll >= maxWaiting)
      throw new Refusal('overloaded', `${active + ofAll} executions are under way. Try again in a moment.`);
    const waiting = driver.waitingOf(tenant) + ofTenant;
    if (waiting >= maxWaitingOfOne)
      throw new Refusal(
        'too_many_executions',
        `${waiting} of your executions wait to be carried out. Start more later.`,
      );
  }

  private async start(
    id: string,
    request: ExecutionRequest,
    examined: Examined,
    options: BeginOptions,
    parent?: Parent,
  ): Promise<Run> {
    const { caller, requestDigest, correlationId } = options;
    const { graphs, driver, tracker, runs, watchers, leases } = this.parts;
    const process = driverFrom(leases);
    const ready = examined.graph && examined.failure === null ? graphs.prepare(examined.graph, examined.digest!) : null;
    const warnings = [...(options.warnings ?? []), ...examined.warnings];
    const facts = { caller, requestDigest, process, pins: ready?.pins ?? {}, ...(parent && { parent }) };
    const accepted = acceptedAs(request, { ...examined, warnings }, facts);
    if (ready && !examined.published) await graphs.store(caller.tenant, ready.graph);
    const rival = driver.known(id);
    if (rival) return runs.join(rival, requestDigest);
    const context = newContext({
      executionId: id,
      tenant: caller.tenant,
      correlationId: correlationId ?? id,
      priority: request.config?.priority ?? 0,
      graph: ready?.compiled ?? null,
      driven: leases.drives,
      lapses: leases.lapses,
    });
    const { recalled } = options;
    if (ready) tracker.start(context, { accepted, ...(recalled && { recalled }) }, actorOf(options.caller));
    else tracker.refuse(context, { accepted, failure: examined.failure! }, actorOf(options.caller));
    const ahead = request.config?.streaming && leases.drives ? watchers.ahead(id) : null;
    driver.take(context);
    return runs.of(context, requestDigest, ahead);
  }

  private async startRetry(id: string, executionId: string, from: RetryFrom, options: BeginOptions): Promise<Run> {
    const { store, payloads, graphs, driver, tracker, runs, leases } = this.parts;
    const process = driverFrom(leases);
    const { caller, requestDigest, correlationId } = options;
    const folded = await fold(store, payloads, executionId);
    if (folded?.first.envelope.tenant !== caller.tenant) throw notFound(executionId);
    const events: ExecutionEvent[] = [];
    for await (const { event } of history(store, payloads, executionId)) events.push(event);
    const now = (this.parts.now ?? Date.now)();
    const plan = planRetry(folded.state, events, from, { caller, process, now });
    const accepted: Omit<Accepted, 'scheduled'> = { ...plan.accepted, request_digest: requestDigest };
    const graph = await graphs.load(caller.tenant, accepted as Accepted);
    const rival = driver.known(id);
    if (rival) return runs.join(rival, requestDigest);
    const context = newContext({
      executionId: id,
      tenant: caller.tenant,
      correlationId: correlationId ?? folded.first.envelope.$correlationId,
      priority: Number(accepted.config['priority'] ?? 0),
      graph,
      driven: leases.drives,
      lapses: leases.lapses,
    });
    tracker.start(context, { accepted, recalled: plan.recalled }, actorOf(options.caller));
    driver.take(context);
    return runs.of(context, requestDigest, null);
  }
}

/** Who is to drive what this process accepts; empty: whoever comes first. */
const driverFrom = ({ drives, process }: Leases): string => (drives ? process : '');

export const notFound = (executionId: string): Refusal =>
  new Refusal('execution_not_found', `There is no execution exec_${executionId}.`);
