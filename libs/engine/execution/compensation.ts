import type { CompiledGraph } from '../graph/compiled-graph.js';
import type { Path } from './execution.events.js';
import type { ExecutionState, Step } from './execution.state.js';

/**
 * Undoing what was done, once an execution fails or is cancelled.
 *
 * 1. Begins when nothing runs any more; one at a time.
 * 2. First the steps of which nobody knows whether they took place, then those that succeeded, last first.
 * 3. Each is compensated once: its compensation is a step of its own, named after it.
 * 4. A compensation that fails is recorded, and the rest goes on.
 */
export function nextCompensation(state: ExecutionState, graph: CompiledGraph) {
  for (const step of toUndo(state)) {
    const node_id = step.called || step.compensates ? null : (graph.nodes.get(step.nodeId)?.compensate ?? null);
    if (node_id === null) continue;
    const path: Path = `${step.path}/${node_id}`;
    if (!state.steps.has(path)) return { node_id, of: step.path, path }; // rule 3
  }
  return null;
}

/** Rule 2. */
function* toUndo(state: ExecutionState): Generator<Step> {
  for (const step of state.steps.values()) if (step.unknown) yield step;
  for (let at = state.succeeded.length - 1; at >= 0; at -= 1) yield state.succeeded[at]!;
}
