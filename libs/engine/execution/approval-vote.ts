import type { CommandOf } from './execution.commands.js';
import type { Decision } from './decision.js';
import type { ExecutionState, Step } from './execution.state.js';
import { Refusal } from './refusal.js';
import { deliver } from './waits.js';

/**
 * One vote.
 *
 * 1. It names the digest of what its voter saw; any other is refused.
 * 2. One vote per person: the same again changes nothing, another is refused.
 * 3. The first rejection rejects; the vote that meets the quorum approves. The step settles in that append.
 */
export function decideApproval(decision: Decision, command: CommandOf<'DecideApproval'>): void {
  const { approvalId: id, by, decision: wish, comment, fields, shownDigest } = command;
  const step = stepOfApproval(decision.state, id);
  const { request, votes } = step.wait;
  if (request.assignees.length > 0 && ![by, ...command.as].some((name) => request.assignees.includes(name)))
    throw new Refusal('approval_not_yours', 'This approval is for others to decide: you are none of its assignees.');
  const mine = votes.find((vote) => vote.by === by);
  if (mine && mine.decision === wish) return; // rule 2
  if (step.status !== 'waiting' || decision.state.status !== 'running')
    throw new Refusal('approval_settled', 'This approval is settled already: nothing can be decided any more.');
  if (mine) throw new Refusal('approval_voted', `You have ${mine.decision} this already: a vote cannot be changed.`);
  if (shownDigest !== request.shown_digest)
    throw new Refusal(
      'approval_changed',
      'shown_digest is not that of what this approval shows. Read the approval again, then decide.',
    );
  decision.record('ApprovalDecided', {
    approval_id: id,
    by,
    decision: wish,
    message: comment,
    path: step.path,
    shown_digest: shownDigest,
    value: fields,
  });
  const approvals = votes.filter((vote) => vote.decision === 'approved');
  if (wish === 'approved' && approvals.length < request.quorum) return; // rule 3
  const voters = votes.map((vote) => vote.by);
  deliver(decision, step, { type: 'decision', decision: wish, by: voters, comment, fields });
}

type ApprovalStep = Step & { readonly wait: Extract<NonNullable<Step['wait']>, { for: 'approval' }> };

/** Throws a refusal where the execution asks for no such approval. */
export function stepOfApproval(state: ExecutionState, id: string): ApprovalStep {
  for (const step of state.steps.values())
    if (step.wait?.for === 'approval' && step.wait.request.approval_id === id) return step as ApprovalStep;
  throw new Refusal('approval_not_found', `There is no approval appr_${id} in this execution.`);
}
