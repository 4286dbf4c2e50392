import { NodeFailure, type NodeResult } from '#plugin-sdk';
import type { OutsideClients } from './clients.js';
import { checkedResult } from './result-check.js';
import { StepContext } from './step-context.js';
import type { StepInvocation } from './step-invocation.js';
import { failureFrom } from './thrown.js';

export interface NodeRunnerParts extends OutsideClients {
  /** The clock of steps that have effects. Default: the machine's. */
  readonly now?: () => number;
}

/** Runs tasks, and makes true what their descriptors say. */
export class NodeRunner {
  private readonly now: () => number;

  constructor(private readonly parts: NodeRunnerParts) {
    this.now = parts.now ?? Date.now;
  }

  /**
   * Runs one attempt. The result comes at once when the node gives it at once, so that pure steps need no turn of the
   * event loop. Throws, or rejects with, a `NodeFailure` and nothing else.
   */
  run(step: StepInvocation): NodeResult | Promise<NodeResult> {
    try {
      const { definition } = step.node;
      if (!('execute' in definition)) throw notATask(definition.descriptor.type);
      const outcome = definition.execute(new StepContext(step, this.parts, this.now));
      return isPromise(outcome) ? this.awaited(outcome, step) : checkedResult(outcome, step.node, step.config);
    } catch (thrown) {
      throw failureFrom(thrown, step.signal);
    }
  }

  private async awaited(outcome: PromiseLike<NodeResult>, step: StepInvocation): Promise<NodeResult> {
    try {
      return checkedResult(await outcome, step.node, step.config);
    } catch (thrown) {
      throw failureFrom(thrown, step.signal);
    }
  }
}

const isPromise = (outcome: NodeResult | PromiseLike<NodeResult>): outcome is PromiseLike<NodeResult> =>
  typeof (outcome as Partial<PromiseLike<NodeResult>> | null)?.then === 'function';

const notATask = (type: string): NodeFailure =>
  new NodeFailure({ code: 'internal', message: `"${type}" is no task: the engine asks it, and nobody runs it.` });
