import {
  hasEnded,
  isWithin,
  type ChildStarted,
  type CommandOf,
  type ExecutionState,
  type Follows,
  type Parent,
  type Path,
  type Step,
} from '#engine';
import type { RecordedEvent } from '#event-store';
import type { Failure } from '#plugin-sdk';
import type { ExecutionContext } from '../execution-context.js';

export type ChildReport = Omit<CommandOf<'EndChild'>, 'type' | 'at'>;

export interface ChildrenParts {
  /** Starts the child, or finds that it was started before. Resolves once it is accepted; throws a refusal where it cannot be. */
  readonly begin: (parent: ExecutionContext, child: ChildStarted) => Promise<void>;
  /** The child's own history, folded; null where it was never accepted. */
  readonly stateOf: (executionId: string) => Promise<ExecutionState | null>;
  readonly tell: (parentId: string, report: ChildReport) => Promise<void>;
  readonly cancel: (childId: string, reason: string) => Promise<void>;
  /** Resolves once everything recorded so far is durable. Rejects where it never will be. */
  readonly durable: (context: ExecutionContext) => Promise<void>;
  /** Hears of what went wrong, and is tried again. */
  readonly onError: (executionId: string, error: unknown) => void;
  readonly rest: (ms: number) => Promise<void>;
  readonly isStopping: () => boolean;
}

/**
 * Executions that executions start.
 *
 * 1. A child is started once the fact that names it is durable; its id is derived, so that it is started once.
 * 2. It reports when it has ended, or where nobody waits for its end when it is accepted.
 * 3. It is cancelled when its parent is on its way to an end, or has come to it, or has cancelled the step that started it.
 * 4. A process that takes up a parent starts its children again, which finds those that there are and asks them where
 *    they stand; one that takes up a child asks whether its parent is still there.
 * 5. The log may be away, or another process first: what is to be said is said until it is heard.
 */
export class Children {
  /** Steps whose child may still have to be cancelled. */
  private readonly waiting = new WeakMap<ExecutionContext, Set<Path>>();

  constructor(private readonly parts: ChildrenParts) {}

  /** Some of this execution has become durable; its state may be ahead of that. */
  becameDurable(context: ExecutionContext, events: readonly RecordedEvent[]): void {
    const { state } = context;
    if (state.accepted?.parent && events.some(({ type }) => ends.has(type))) this.report(context);
    for (const event of events) {
      if (event.type === 'ChildStarted') this.start(context, state.steps.get(dataOf<ChildStarted>(event).path)!);
      else if (this.waiting.has(context)) this.stopThose(context, cancelledBy(event));
    }
  }

  /** Rule 4. */
  takenUp(context: ExecutionContext): void {
    const { state } = context;
    const known = this.waiting.get(context);
    for (const step of state.steps.values())
      if (step.wait?.for === 'child' && !known?.has(step.path)) this.start(context, step);
    this.stopThose(context, (path) => isUnwanted(state, path));
    const { parent } = state.accepted!;
    if (parent) void this.insist(context.executionId, () => this.stopOrphan(context.executionId, parent));
  }

  /** Rules 1 and 2. */
  private start(context: ExecutionContext, step: Step): void {
    if (step.wait?.for !== 'child') return;
    this.waiting.set(context, (this.waiting.get(context) ?? new Set()).add(step.path));
    if (step.status !== 'waiting') return;
    const { child } = step.wait;
    const report = (told: Pick<ChildReport, 'outcome' | 'output' | 'failure' | 'metrics'>) =>
      this.parts.tell(context.executionId, { childId: child.child_id, path: step.path, ...told });
    void this.insist(context.executionId, async () => {
      if (context.lost || context.state.steps.get(step.path)?.status !== 'waiting') return;
      try {
        await this.parts.begin(context, child);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return report({ outcome: 'failed', failure: { code: error.code, message: error.message, retryable: false } });
      }
      if (isUnwanted(context.state, step.path)) await this.stopOf(context, child.child_id); // rule 3
      if (!child.wait) return report({ outcome: 'accepted' });
      const state = await this.parts.stateOf(child.child_id);
      if (state && hasEnded(state)) await report(outcomeOf(state));
    });
  }

  /** Rule 2. */
  private report({ executionId, state }: ExecutionContext): void {
    const { execution_id: parentId, path } = state.accepted!.parent!;
    const told = { childId: executionId, path, ...outcomeOf(state) };
    void this.insist(parentId, () => this.parts.tell(parentId, told));
  }

  /** Rule 3. */
  private stopThose(context: ExecutionContext, which: (path: Path) => boolean): void {
    const { executionId, state } = context;
    const waiting = this.waiting.get(context);
    for (const path of waiting ?? []) {
      if (!which(path)) continue;
      waiting!.delete(path);
      const { wait, status } = state.steps.get(path)!;
      if (wait?.for === 'child' && (status === 'waiting' || status === 'cancelled'))
        void this.insist(executionId, () => this.stopOf(context, wait.child.child_id));
    }
  }

  /** Not before it is certain: what is in memory may yet turn out not to be so. */
  private async stopOf(context: ExecutionContext, childId: string): Promise<void> {
    await this.parts.durable(context).catch(() => undefined);
    if (!context.lost) await this.stop(childId, context.executionId);
  }

  private async stopOrphan(childId: string, { execution_id: parentId, path }: Parent): Promise<void> {
    const parent = await this.parts.stateOf(parentId);
    if (parent && isUnwanted(parent, path)) await this.stop(childId, parentId);
  }

  private stop(childId: string, parentId: string): Promise<void> {
    return this.parts.cancel(childId, `Its parent exec_${parentId} does not wait for it any more.`);
  }

  /** Rule 5. */
  private async insist(executionId: string, work: () => Promise<void>): Promise<void> {
    for (let restMs = 250; !this.parts.isStopping(); restMs = Math.min(2 * restMs, 10_000)) {
      try {
        return await work();
      } catch (error) {
        this.parts.onError(executionId, error);
        if (isRefusal(error)) return;
      }
      await this.parts.rest(restMs);
    }
  }
}

/** A child that has reported is past that. */
const isUnwanted = ({ status, steps }: ExecutionState, path: Path): boolean => {
  const step = steps.get(path);
  return step?.status === 'cancelled' || (step?.status === 'waiting' && status !== 'running');
};

/** Which steps of an execution wait no longer, now that this is durable. */
function cancelledBy(event: RecordedEvent): (path: Path) => boolean {
  if (endings.has(event.type)) return () => true;
  if (event.type !== 'StepAbandoned' && event.type !== 'StepCompleted') return () => false;
  const { ended = [] } = dataOf<Follows>(event);
  return (path) => ended.some((iteration) => isWithin(iteration.path, path));
}

const ends: ReadonlySet<string> = new Set(['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled']);
const endings: ReadonlySet<string> = new Set([...ends, 'CancelRequested', 'ExecutionFailing']);

const dataOf = <D>(event: RecordedEvent): D => JSON.parse(event.data) as D;

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
