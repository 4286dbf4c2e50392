import type { ResolvedConfig } from '../descriptor.js';
import type { Failure } from '../failure.js';
import type { JsonValue } from '../json.js';
import type { NodeContext, NodeResult } from '../node-context.js';
import type { Arrival, ScopeState, ScopeStep, WaitContext, WaitEvent, WaitFor, WaitStep } from '../node-definition.js';

/** A task: runs once per attempt, and ends at a port. `C` is its config class. */
export abstract class BaseWorkflowNode<C = ResolvedConfig> {
  abstract execute(context: NodeContext<C>): NodeResult | Promise<NodeResult>;

  /** The result that goes on at this port. */
  protected to(port: string, output: JsonValue, more: Partial<NodeResult> = {}): NodeResult {
    return { ...more, port, output };
  }
}

/** Runs its body in instances. Pure: the same state gives the same step. */
export abstract class BaseScopeNode<C = ResolvedConfig> {
  /** Asked at the start and after each iteration's end. */
  abstract next(config: C, state: ScopeState): ScopeStep;

  protected iterate(item: JsonValue): ScopeStep {
    return { type: 'iterate', item };
  }

  protected settle(port: string, output: JsonValue): ScopeStep {
    return { type: 'settle', port, output };
  }

  /** Nothing to start until a running iteration has ended. */
  protected stay(): ScopeStep {
    return { type: 'stay' };
  }

  protected fail(failure: Failure): ScopeStep {
    return { type: 'fail', failure };
  }
}

/** Has several in-edges that do not all have to arrive. Pure. */
export abstract class BaseJoinNode<C = ResolvedConfig> {
  /** Over the literal config, in which nothing has filled in the defaults. */
  abstract join(config: C): { readonly mode: 'all' | 'any' | 'n'; readonly n: number };
  abstract combine(config: C, arrivals: readonly Arrival[]): JsonValue;
}

/** Ends by something from outside, and holds no memory meanwhile. Pure. */
export abstract class BaseWaitNode<C = ResolvedConfig> {
  abstract begin(config: C, context: WaitContext): WaitFor;
  abstract onEvent(config: C, event: WaitEvent, context: WaitContext): WaitStep;
}
