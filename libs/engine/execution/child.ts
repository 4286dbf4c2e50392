import { NodeFailure, type ChildRequest, type JsonObject } from '#plugin-sdk';
import { namedUuid } from '../graph/digest.js';
import type { Decision } from './decision.js';
import type { Step } from './execution.state.js';

/** Executions within executions: more are refused. */
export const maxDepth = 10;

/**
 * An execution that a step starts.
 *
 * 1. Its id is derived from its parent's and the path: however often it is started, it is one.
 * 2. It is started once `ChildStarted` is durable, and reports when it is accepted (`wait: false`) or has ended.
 * 3. What it used counts as the step's. Its failure is the step's failure.
 */
export function startChild(decision: Decision, step: Step, config: JsonObject, child: ChildRequest): void {
  const { state } = decision;
  const depth = (state.accepted!.parent?.depth ?? 0) + 1;
  if (depth > maxDepth)
    throw new NodeFailure({
      code: 'sub_workflow_depth',
      message: `Workflows call each other ${depth} deep; at most ${maxDepth} are allowed.`,
    });
  decision.record('ChildStarted', {
    child_id: namedUuid('child', state.id, step.path),
    config,
    definition_id: child.definitionId.replace(/^wf_/, ''),
    definition_version: child.version,
    input: child.input,
    path: step.path,
    wait: child.wait,
  });
}
