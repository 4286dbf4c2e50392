import { hasEnded } from '#engine';
import { idOf, type EventStore, type Leases, type PayloadStore } from '#event-store';
import { newContext, type ExecutionContext } from '../execution-context.js';
import type { Graphs } from '../reading/graphs.js';
import { fold, type Folded } from '../reading/history.js';
import { driverIn, unknownRow } from '../open-row.js';

export interface LoaderParts {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly graphs: Graphs;
  readonly leases: Leases;
}

/** An execution, as its log has it, in memory: to be driven by this process, unless it has ended or another one has it. */
export class Loader {
  constructor(private readonly parts: LoaderParts) {}

  /** `claimed`: this process has it already. Null: no such execution. */
  async load(executionId: string, claimed: boolean): Promise<ExecutionContext | null> {
    const { store, payloads, leases } = this.parts;
    const { lapses } = leases;
    const folded = await fold(store, payloads, executionId);
    if (!folded) return null;
    if (hasEnded(folded.state)) return this.contextFrom(folded, false, lapses);
    const isMine = claimed || (await leases.claim(folded.last.stream, folded.last.revision));
    if (!isMine) return this.contextFrom(folded, false, lapses);
    const now = await this.upToDate(folded);
    if (hasEnded(now.state)) await leases.forget(now.last.stream);
    return this.contextFrom(now, !hasEnded(now.state), lapses);
  }

  /** With what was added until the claim took hold. */
  private async upToDate(folded: Folded): Promise<Folded> {
    const { store, payloads, leases } = this.parts;
    if (!leases.several) return folded;
    const { stream, revision } = folded.last;
    for await (const _ of store.readStream(stream, { from: revision + 1n, limit: 1 }))
      return (await fold(store, payloads, idOf(stream)))!;
    return folded;
  }

  private async contextFrom(
    { state, first, last }: Folded,
    driven: boolean,
    lapses: number,
  ): Promise<ExecutionContext> {
    const { tenant, $correlationId: correlationId } = first.envelope;
    const accepted = state.accepted!;
    const graph = hasEnded(state) ? null : await this.parts.graphs.load(tenant, accepted);
    const priority = Number(accepted.config['priority'] ?? 0);
    const context = newContext({ executionId: state.id, tenant, correlationId, priority, graph, driven, lapses });
    context.state = state;
    context.driver = driverIn(state);
    context.epoch = state.epoch;
    context.head = { revision: last.revision, hash: last.envelope.hash };
    context.position = last.position;
    context.openRow = unknownRow(context);
    return context;
  }
}
