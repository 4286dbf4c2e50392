import { hasEnded, type ChildStarted, type CommandOf, type ExecutionState, type Step } from '#engine';
import type { RecordedEvent } from '#event-store';
import type { Failure } from '#plugin-sdk';
import type { ExecutionContext } from './execution-context.js';

export type ChildReport = Omit<CommandOf<'EndChild'>, 'type' | 'at'>;

export interface ChildrenParts {
  /** Starts the child, or finds that it was started before. Resolves once it is accepted; throws a refusal where it cannot be. */
  readonly begin: (parent: ExecutionContext, child: ChildStarted) => Promise<void>;
  /** The child's own history, folded; null where it was never accepted. */
  readonly stateOf: (executionId: string) => Promise<ExecutionState | null>;
  readonly tell: (parentId: string, report: ChildReport) => Promise<void>;
  readonly cancel: (childId: string, reason: string) => Promise<void>;
  /** What went wrong here is tried again when the parent is next taken up. */
  readonly onError: (executionId: string, error: unknown) => void;
}

/** What is read of a parent's events; the others start and stop no child. */
const heard: ReadonlySet<string> = new Set([
  'ChildStarted',
  'CancelRequested',
  'ExecutionFailing',
  'ExecutionCompleted',
  'ExecutionFailed',
  'ExecutionCancelled',
]);

/**
 * Executions that executions start.
 *
 * 1. A child is started once the fact that names it is durable; its id is derived, so that it is started once.
 * 2. It reports when it has ended, or where nobody waits for its end when it is accepted.
 * 3. It is cancelled when its parent is on its way to an end, or has come to it.
 * 4. A process that takes up a parent starts its children again, which finds those that there are and asks them where
 *    they stand; one that takes up a child asks whether its parent is still there.
 */
export class Children {
  constructor(private readonly parts: ChildrenParts) {}

  /** Some of this execution has become durable. */
  becameDurable(context: ExecutionContext, events: readonly RecordedEvent[]): void {
    const { state } = context;
    if (state.accepted?.parent && hasEnded(state)) this.report(context);
    for (const event of events) {
      if (!heard.has(event.type)) continue;
      if (event.type !== 'ChildStarted') this.stopAll(context);
      else for (const step of state.open) if (step.path === pathIn(event)) this.start(context, step);
    }
  }

  /** Rule 4. */
  takenUp(context: ExecutionContext): void {
    const { state } = context;
    for (const step of state.open) if (step.wait?.for === 'child') this.start(context, step);
    if (state.status !== 'running') this.stopAll(context);
    const { parent } = state.accepted!;
    if (parent) void this.guarded(context, () => this.stopOrphan(context.executionId, parent.execution_id));
  }

  /** Rules 1 and 2. */
  private start(context: ExecutionContext, step: Step): void {
    if (step.wait?.for !== 'child' || step.status !== 'waiting') return;
    const { child } = step.wait;
    const report = (told: Pick<ChildReport, 'outcome' | 'output' | 'failure' | 'metrics'>) =>
      this.parts.tell(context.executionId, { childId: child.child_id, path: step.path, ...told });
    void this.guarded(context, async () => {
      try {
        await this.parts.begin(context, child);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return report({ outcome: 'failed', failure: { code: error.code, message: error.message, retryable: false } });
      }
      if (!child.wait) return report({ outcome: 'accepted' });
      const state = await this.parts.stateOf(child.child_id);
      if (state && hasEnded(state)) await report(outcomeOf(state));
    });
  }

  /** Rule 2. */
  private report({ executionId, state }: ExecutionContext): void {
    const { execution_id: parentId, path } = state.accepted!.parent!;
    const told = { childId: executionId, path, ...outcomeOf(state) };
    void this.parts.tell(parentId, told).catch((error: unknown) => this.parts.onError(parentId, error));
  }

  /** Rule 3. */
  private stopAll(context: ExecutionContext): void {
    for (const { wait, status } of context.state.steps.values()) {
      if (wait?.for !== 'child' || (status !== 'waiting' && status !== 'cancelled')) continue;
      const { child_id: childId } = wait.child;
      void this.guarded(context, () =>
        this.parts.cancel(childId, `Its parent exec_${context.executionId} is over or about to be.`),
      );
    }
  }

  private async stopOrphan(childId: string, parentId: string): Promise<void> {
    const parent = await this.parts.stateOf(parentId);
    if (parent && parent.status !== 'running') await this.parts.cancel(childId, `Its parent exec_${parentId} is over.`);
  }

  private guarded({ executionId }: ExecutionContext, work: () => Promise<void>): Promise<void> {
    return work().catch((error: unknown) => this.parts.onError(executionId, error));
  }
}

const pathIn = (event: RecordedEvent): string => (JSON.parse(event.data) as { readonly path: string }).path;

const isRefusal = (error: unknown): error is { readonly code: string; readonly message: string } =>
  (error as Partial<Error>).name === 'Refusal';

function outcomeOf(state: ExecutionState): Pick<ChildReport, 'outcome' | 'output' | 'failure' | 'metrics'> {
  const { prompt_tokens, completion_tokens, cost_nano_usd, tool_calls } = state.totals;
  const metrics = { completion_tokens, cost_nano_usd, prompt_tokens, tool_calls };
  if (state.status === 'completed') return { outcome: 'completed', output: state.output, metrics };
  if (state.status === 'cancelled') return { outcome: 'cancelled', metrics };
  return { outcome: 'failed', failure: failureIn(state), metrics };
}

/** The child's failure as its parent has it: another attempt of the same step finds the same child. */
const failureIn = ({ id, failure }: ExecutionState): Failure => ({
  code: 'child_failed',
  details: { code: failure!.code, execution_id: `exec_${id}`, path: failure!.path },
  message: `The execution exec_${id} failed: ${failure!.message}`,
  retryable: false,
});
