import type { CommandOf } from './execution.commands.js';
import type { Decision } from './decision.js';
import { hasEnded } from './execution.state.js';
import { deliver } from './waits.js';

/** What became of a child: told once, whoever tells it again. Its parent may be on its way to an end already. */
export function endChild(decision: Decision, command: CommandOf<'EndChild'>): void {
  const { path, childId, outcome, output, failure, metrics } = command;
  const { state } = decision;
  const step = state.steps.get(path);
  if (hasEnded(state) || step?.status !== 'waiting' || step.wait?.for !== 'child') return;
  const { child } = step.wait;
  if (child.child_id !== childId || (outcome === 'accepted' && child.wait)) return;
  decision.record('ChildEnded', {
    child_id: childId,
    ...(failure && { failure }),
    ...(metrics && { metrics }),
    outcome,
    ...(output !== undefined && { output }),
    path,
  });
  if (state.status !== 'running') return decision.record('StepCancelled', { attempt: step.attempt, path });
  const executionId = `exec_${childId}`;
  if (outcome === 'accepted') return deliver(decision, step, { type: 'child_accepted', executionId });
  if (outcome === 'completed')
    return deliver(decision, step, {
      type: 'child_completed',
      executionId,
      output: output ?? null,
      ...(metrics && { metrics }),
    });
  const cancelled = {
    code: 'child_cancelled',
    message: `The execution ${executionId} was cancelled.`,
    retryable: false,
  };
  deliver(decision, step, { type: 'child_failed', executionId, failure: failure ?? cancelled });
}
