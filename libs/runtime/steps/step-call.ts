import { errorBefore, executionFacts, nodesInScope, type Step, type StepInput } from '#engine';
import type { CallBudget, InstalledNode, StepInvocation } from '#plugin-host';
import type { ExecutionFacts, JsonObject, JsonValue, StepError } from '#plugin-sdk';
import type { ExecutionContext, RunningStep } from '../execution-context.js';
import type { PinnedNodes } from '../reading/pinned-nodes.js';
import { Budget } from './budget.js';

/** What a call needs of its surroundings. */
export interface CallParts {
  readonly nodes: PinnedNodes;
  readonly now: () => number;
  readonly onToken: (context: ExecutionContext, step: RunningStep, text: string) => void;
  readonly onLog: (context: ExecutionContext, line: JsonObject) => void;
}

/** One attempt as the plugin host is given it. What few nodes look at is gathered when they do. */
export class StepCall implements StepInvocation {
  readonly node: InstalledNode;
  readonly now: number;

  readonly budget: CallBudget;

  constructor(
    private readonly context: ExecutionContext,
    private readonly step: Step,
    private readonly given: StepInput,
    private readonly running: RunningStep,
    private readonly parts: CallParts,
  ) {
    this.node = parts.nodes.installed(context, given.node.type);
    this.budget = new Budget(context, running);
    this.now = given.node.effects === 'none' ? Date.parse(step.scheduledAt) : parts.now();
  }

  get effects() {
    return this.given.node.effects;
  }
  get config(): JsonObject {
    return this.given.config;
  }
  get incoming(): JsonValue {
    return this.given.incoming;
  }
  get input(): JsonValue {
    return this.context.state.accepted!.input;
  }
  get variables(): JsonObject {
    return this.context.state.variables;
  }
  get nodes() {
    return nodesInScope(this.context.state, this.context.graph!, this.step.instance, 'all');
  }
  get error(): StepError | null {
    return errorBefore(this.context.state, this.context.graph!, this.step.path);
  }
  get execution(): ExecutionFacts {
    return executionFacts(this.context.state);
  }
  get defaults(): JsonObject {
    return this.context.state.accepted!.config;
  }
  get tenant(): string {
    return this.context.tenant;
  }
  get secrets(): readonly string[] {
    return this.given.node.secrets;
  }
  get conversationId(): string | null {
    return this.context.state.accepted!.conversation_id ?? null;
  }
  get nodeId(): string {
    return this.step.nodeId;
  }
  get path(): string {
    return this.step.path;
  }
  get attempt(): number {
    return this.running.attempt;
  }
  get idempotencyKey(): string {
    return `exec_${this.context.executionId}/${this.step.path}`;
  }
  get signal(): AbortSignal {
    return this.running.signal;
  }
  get seed(): string {
    return `${this.context.executionId}/${this.step.path}/${this.running.attempt}`;
  }

  onToken(text: string): void {
    this.parts.onToken(this.context, this.running, text);
  }

  onLog(level: string, message: string, fields?: JsonObject): void {
    this.parts.onLog(this.context, { path: this.step.path, level, message, ...(fields && { fields }) });
  }
}
