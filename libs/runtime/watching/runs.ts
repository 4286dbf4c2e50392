import { hasEnded, Refusal } from '#engine';
import { WrongExpectedRevision, type EventStore, type Leases, type PayloadStore } from '#event-store';
import { isAtRest, type Driver } from '../driving/driver.js';
import type { ExecutionContext } from '../execution-context.js';
import { isDebugged } from '../reading/execution-reader.js';
import type { ExecutionResult } from '../execution-result.js';
import { toExecutionResult } from '../reading/execution-view.js';
import { fold } from '../reading/history.js';
import type { Frame, Run } from './run.js';
import { watch } from './watch.js';
import type { Watchers } from './watchers.js';
import type { WorkflowTracker } from '../workflow-tracker.js';

/** How often is looked at what another process drives. */
export const lookAgainMs = 150;

export interface RunsParts {
  readonly leases: Pick<Leases, 'several'>;
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly driver: Driver;
  readonly tracker: WorkflowTracker;
  readonly watchers: Watchers;
  readonly priceTable: string;
  readonly result: (tenant: string, executionId: string) => Promise<ExecutionResult | null>;
  readonly watch: (tenant: string, executionId: string, signal: AbortSignal) => Promise<AsyncIterable<Frame>>;
}

/** Executions as their callers hold them: waited for, watched, and found again by an idempotency key. */
export class Runs {
  constructor(private readonly parts: RunsParts) {}

  /** Another request with this key came first, a moment ago: what it started is what this one asks for. */
  async join(rival: ExecutionContext, requestDigest: string): Promise<Run> {
    await this.firstAppend(rival).catch(() => undefined); // it, too, may have come second
    return (await this.attach(rival.tenant, rival.executionId, requestDigest))!;
  }

  /** `ahead`: what its watcher would have missed. */
  of(context: ExecutionContext, requestDigest: string, ahead: ReturnType<Watchers['ahead']> | null): Run {
    const first = this.firstAppend(context);
    const winner = first.then(
      () => null,
      (error: unknown) => this.afterRefusedAppend(error, context, requestDigest),
    );
    first.catch(() => ahead?.(() => undefined)()); // nobody watches what has never begun
    winner.catch(() => undefined);
    return {
      executionId: context.executionId,
      replayed: false,
      accepted: async () => (await winner)?.accepted() ?? context.position!,
      settled: async (waitMs) => (await winner)?.settled(waitMs) ?? this.settled(context, waitMs),
      watch: async (signal) => {
        const other = await winner;
        if (other) return other.watch(signal);
        if (!ahead || !context.driven) return this.parts.watch(context.tenant, context.executionId, signal);
        const stored = (after: bigint) => this.parts.store.readStream(context.stream, { from: after + 1n });
        const look = this.parts.leases.several ? { look: { everyMs: lookAgainMs, stored } } : {};
        return watch({ stored: nothing, listen: ahead, previews: () => [], ...look }, -1n, signal);
      },
    };
  }

  private async firstAppend(context: ExecutionContext): Promise<void> {
    await (context.appending ?? this.parts.tracker.checkpoint(context));
    if (context.lost) throw context.lost;
  }

  /** Two requests with one key at one time: the first append of the second was refused, so it attaches to the first. */
  private async afterRefusedAppend(error: unknown, context: ExecutionContext, requestDigest: string): Promise<Run> {
    this.parts.driver.forget(context);
    const other =
      error instanceof WrongExpectedRevision && (await this.attach(context.tenant, context.executionId, requestDigest));
    if (!other) throw error;
    return other;
  }

  /** The run of an execution that is there already; null where it is not. Throws where its request was another one. */
  async attach(tenant: string, id: string, requestDigest: string): Promise<Run | null> {
    const folded = await fold(this.parts.store, this.parts.payloads, id);
    if (!folded) return null;
    if (folded.state.accepted!.request_digest !== requestDigest) {
      throw new Refusal(
        'idempotency_key_reused',
        'This Idempotency-Key was used with another request. Use a new key for a new request.',
      );
    }
    return {
      executionId: id,
      replayed: true,
      accepted: () => Promise.resolve(folded.last.position),
      settled: async (waitMs) => {
        const context = this.parts.driver.known(id);
        const isItself = context !== undefined && context.position !== null; // not one that is about to be refused
        return isItself ? this.settled(context, waitMs) : this.settledElsewhere(tenant, id, waitMs);
      },
      watch: (signal) => this.parts.watch(tenant, id, signal),
    };
  }

  /** Once it has ended or only waits, and all of that is durable; or as far as it has come after `waitMs`. Between two attempts it may leave memory and come back. */
  private async settled(context: ExecutionContext, waitMs: number): Promise<ExecutionResult> {
    const { correlationId, graph, tenant, executionId } = context;
    const since = performance.now();
    if (context.driven) await this.rests(context, waitMs);
    const left = waitMs - (performance.now() - since);
    if (!context.driven || context.lost) return this.settledElsewhere(tenant, executionId, left);
    const whole = isAtRest(context) && hasEnded(context.state) && !isDebugged(context.state);
    if (whole) return toExecutionResult(context.state, { correlationId, graph, priceTable: this.parts.priceTable });
    return (await this.parts.result(tenant, executionId))!;
  }

  /** Another process drives it, or none as yet: its history is read until it has ended or only waits. */
  private async settledElsewhere(tenant: string, id: string, waitMs: number): Promise<ExecutionResult> {
    const until = performance.now() + waitMs;
    for (;;) {
      const result = (await this.parts.result(tenant, id))!;
      const rests =
        !this.parts.leases.several || !['pending', 'running', 'cancelling', 'failing'].includes(result.status);
      if (rests || performance.now() >= until) return result;
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  }

  private rests(context: ExecutionContext, waitMs: number): Promise<void> {
    if (isAtRest(context)) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = Number.isFinite(waitMs) ? setTimeout(finish, waitMs) : undefined;
      const stop = this.parts.watchers.listen(context.executionId, (frame, now) => {
        if (frame === 'lost' || (frame.type === 'event' && isAtRest(now))) finish();
      });
    });
  }
}

async function* nothing(): AsyncGenerator<never> {}
