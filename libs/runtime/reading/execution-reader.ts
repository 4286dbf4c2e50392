import { type CompiledGraph, type ExecutionState } from '#engine';
import { executionStream, type EventStore, type PayloadStore } from '#event-store';
import type { JsonObject } from '#plugin-sdk';
import { attemptsIn } from './attempts.js';
import type { ExecutionResult } from '../execution-result.js';
import { stateView, toExecutionResult, type StateView } from './execution-view.js';
import type { Graphs } from './graphs.js';
import { fold, history, type Folded } from './history.js';

export interface ReaderParts {
  readonly store: EventStore;
  readonly payloads: PayloadStore;
  readonly graphs: Graphs;
  readonly priceTable: string;
  /** Log lines of the steps of an execution, as far as this process has them. */
  readonly logLines: (executionId: string) => readonly JsonObject[];
}

/** Executions as their log has them. Another tenant's is answered as an unknown one is: null. */
export class ExecutionReader {
  constructor(private readonly parts: ReaderParts) {}

  async result(tenant: string, executionId: string): Promise<ExecutionResult | null> {
    const folded = await this.folded(tenant, executionId);
    if (!folded) return null;
    const { state, first } = folded;
    const graph = await this.graphOf(tenant, state);
    const debug = isDebugged(state) ? await this.debug(executionId) : undefined;
    return toExecutionResult(state, {
      correlationId: first.envelope.$correlationId,
      graph,
      priceTable: this.parts.priceTable,
      ...(debug && { debug }),
    });
  }

  /** As it was after event `revision`. */
  async stateAt(tenant: string, executionId: string, revision: bigint): Promise<StateAt | null> {
    const folded = await this.folded(tenant, executionId, revision);
    if (!folded || folded.last.revision < revision) return null;
    const graph = await this.graphOf(tenant, folded.state);
    return { revision: Number(revision), at: folded.last.envelope.at, ...stateView(folded.state, graph) };
  }

  async exists(tenant: string, executionId: string): Promise<boolean> {
    for await (const first of this.parts.store.readStream(executionStream(executionId), { limit: 1 })) {
      return first.envelope.tenant === tenant;
    }
    return false;
  }

  private async folded(tenant: string, executionId: string, to?: bigint): Promise<Folded | null> {
    if (!(await this.exists(tenant, executionId))) return null;
    return fold(this.parts.store, this.parts.payloads, executionId, to);
  }

  private async graphOf(tenant: string, { accepted }: ExecutionState): Promise<CompiledGraph | null> {
    if (!accepted?.graph_digest || Object.keys(accepted.node_types).length === 0) return null;
    return this.parts.graphs.load(tenant, accepted).catch(() => null);
  }

  private async debug(executionId: string) {
    const attempts = await attemptsIn(history(this.parts.store, this.parts.payloads, executionId));
    return { attempts, logs: this.parts.logLines(executionId) };
  }
}

export interface StateAt extends StateView {
  readonly revision: number;
  readonly at: string;
}

export const isDebugged = (state: ExecutionState): boolean => state.accepted?.config['debug_mode'] === true;
