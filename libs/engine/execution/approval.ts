import type { ApprovalRequest, JsonObject, JsonValue } from '#plugin-sdk';
import { digestOf, namedUuid } from '../graph/digest.js';
import type { Decision } from './decision.js';
import type { ApprovalClosed, ApprovalRequested, Path } from './execution.events.js';
import type { ExecutionState, Step } from './execution.state.js';
import { resolveNode } from './step-input.js';

/**
 * What people are asked to decide.
 *
 * 1. What is shown is fixed when it is asked for, with a digest over it, the execution, the place and the graph. With
 *    `guards`, so is the config that the guarded node will run with.
 * 2. A guarded node runs only behind an approval of the config that it runs with.
 */
export function requestApproval(
  decision: Decision,
  step: Step,
  config: JsonObject,
  { request, dueAt }: { readonly request: ApprovalRequest; readonly dueAt: string | null },
): void {
  const { state } = decision;
  const { title, show, fields, assignees, quorum } = request;
  const shown = { fields: fields as JsonObject | null, show, title };
  const guards = request.guards === null ? null : guarded(decision, step, request.guards);
  decision.record('ApprovalRequested', {
    approval_id: approvalId(state, step.path),
    assignees,
    config,
    ...(dueAt !== null && { due_at: dueAt }),
    ...(guards && { guards }),
    path: step.path,
    quorum,
    shown,
    shown_digest: digestOf({
      execution: `exec_${state.id}`,
      fields: shown.fields,
      graph_digest: state.accepted!.graph_digest,
      path: step.path,
      shown: show,
      title,
      ...(guards && { guards: { ...guards } }),
    }),
  });
}

export const approvalId = ({ id }: ExecutionState, path: Path): string => namedUuid('approval', id, path);

function guarded(decision: Decision, step: Step, nodeId: string): NonNullable<ApprovalRequested['guards']> {
  const config = resolveNode(decision.state, decision.graph, nodeId, step.instance);
  return { config_digest: digestOf(config), node_id: nodeId };
}

/** Rule 2: why this step may not run with this config; null where it may. */
export function missingApproval(decision: Decision, step: Step, config: JsonObject) {
  const { state } = decision;
  const { guardedBy } = decision.nodeOf(step);
  if (guardedBy.length === 0) return null;
  const granted = guardedBy.flatMap((id) => approvalsOf(state, id, step.instance));
  if (granted.length === 0) return refusal('approval_missing', step, 'no approval that guards it has been given');
  const digest = digestOf(config as JsonValue);
  if (granted.some(({ guards }) => guards?.config_digest === digest)) return null;
  return refusal('approval_drift', step, 'its config is not the one that was approved');
}

function approvalsOf(state: ExecutionState, nodeId: string, instance: Path): readonly ApprovalRequested[] {
  for (let at = instance; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const step = state.steps.get(at === '' ? nodeId : `${at}/${nodeId}`);
    if (step) return step.wait?.for === 'approval' && step.port === 'approved' ? [step.wait.request] : [];
    if (at === '') return [];
  }
}

const refusal = (code: string, { nodeId }: Step, why: string) => ({
  code,
  message: `"${nodeId}" may not run: ${why}.`,
  retryable: false,
});

/** Those that nobody can decide any more. */
export function closeApprovals(decision: Decision, which: (path: Path) => boolean): void {
  for (const step of decision.state.open)
    if (step.wait?.for === 'approval' && which(step.path)) closeApproval(decision, step, 'cancelled');
}

export function closeApproval(decision: Decision, { path, wait }: Step, outcome: ApprovalClosed['outcome']): void {
  if (wait?.for === 'approval')
    decision.record('ApprovalClosed', { approval_id: wait.request.approval_id, outcome, path });
}
