import type { Graph } from '#engine';
import type { ExecutionEngine } from '../../execution-engine.js';
import { caller, graphOf, line, node } from '../engine-under-test.js';

/** What a client wants of the processes, and what must come of it. */
export interface Kind {
  readonly graph: Graph;
  readonly end: 'ExecutionCompleted' | 'ExecutionCancelled';
  /** Asked for some time after it was accepted. */
  readonly then?: (engine: ExecutionEngine, executionId: string) => Promise<unknown>;
}

export const childId = '00000000-0000-4000-8000-00000000000c';
export const silentChildId = '00000000-0000-4000-8000-00000000000d';

/** What children are made of: one comes to its end by itself, the other one never. */
export const childGraphs: ReadonlyMap<string, Graph> = new Map([
  [childId, line(node('a', 'keyed'), node('p', 'pause', { config: { ms: 500 } }))],
  [silentChildId, line(node('a', 'keyed'), node('w', 'signal', { config: { name: 'never' } }))],
]);

const waits = node('w', 'signal', { config: { name: 'go' } });
const signalled = (engine: ExecutionEngine, executionId: string) =>
  engine.signal('default', executionId, { by: caller, name: 'go', payload: 1, idempotencyKey: 'once' });
const cancelled = (engine: ExecutionEngine, executionId: string) =>
  engine.cancel('default', executionId, { by: caller, reason: null, force: false });

/** Everything that a driver has to do with: calls, branches, timers, signals, children, cancels. */
export const kinds = {
  calls: { graph: line(node('a', 'keyed'), node('b', 'keyed'), node('c', 'keyed')), end: 'ExecutionCompleted' },
  branches: {
    graph: graphOf(
      [node('s', 'start'), node('a', 'keyed'), node('b', 'keyed'), node('j', 'merge'), node('e', 'end')],
      ['s -> a', 's -> b', 'a -> j', 'b -> j', 'j -> e'],
    ),
    end: 'ExecutionCompleted',
  },
  reads: { graph: line(node('a', 'look'), node('b', 'keyed'), node('c', 'look')), end: 'ExecutionCompleted' },
  pauses: {
    graph: line(node('a', 'keyed'), node('p', 'pause', { config: { ms: 3_000 } }), node('b', 'keyed')),
    end: 'ExecutionCompleted',
  },
  signals: { graph: line(waits, node('a', 'keyed')), end: 'ExecutionCompleted', then: signalled },
  listens: {
    graph: graphOf(
      [node('s', 'start'), waits, node('a', 'keyed'), node('b', 'keyed'), node('j', 'merge'), node('e', 'end')],
      ['s -> w', 's -> a', 'a -> b', 'w -> j', 'b -> j', 'j -> e'],
    ),
    end: 'ExecutionCompleted',
    then: signalled,
  },
  parents: {
    graph: line(node('k', 'child', { config: { id: childId } }), node('a', 'keyed')),
    end: 'ExecutionCompleted',
  },
  cancels: { graph: line(node('a', 'keyed'), waits), end: 'ExecutionCancelled', then: cancelled },
  orphans: {
    graph: line(node('k', 'child', { config: { id: silentChildId } })),
    end: 'ExecutionCancelled',
    then: cancelled,
  },
} satisfies Record<string, Kind>;
