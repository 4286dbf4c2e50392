import type { AttemptUsage, StepUsage } from '#plugin-sdk';

/** What one node came to in one execution, all its steps together. */
export interface NodeTally {
  readonly node_id: string;
  /** Steps that succeeded or were given up. */
  runs: number;
  /** Those that were given up, or whose failure `on_error` made a value of. */
  failures: number;
  /** Attempts that failed, or ended without a definite answer; others may have followed. */
  failed_attempts: number;
  /** From the first start of each run to its end, rests before further attempts included. */
  ms: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_nano: number;
  tool_calls: number;
  /** Its time is that of the steps inside it: a scope. */
  contains: 0 | 1;
}

/** What one model was used for in one execution. `model`: `provider/name`; null where the log does not say. */
export interface ModelTally {
  readonly model: string | null;
  /** Steps and failed attempts that used it. */
  calls: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_nano: number;
}

/** A step that is not settled. */
export interface OpenStep {
  readonly path: string;
  readonly node_id: string;
  /** When it was scheduled, and once it has begun, when it began. */
  readonly at: string;
  readonly begun?: true;
  /** A step called it: what it uses is that node's, its time is within that of its caller. */
  readonly called?: true;
  /** It has started another execution: what that uses is counted there. */
  readonly child?: true;
}

/** What has been counted so far; it belongs to whoever counts. */
export class Tally {
  private constructor(
    private readonly nodes: NodeTally[],
    private readonly models: ModelTally[],
    private open: OpenStep[],
  ) {}

  static of(texts: { readonly nodes: string; readonly models: string; readonly open: string }): Tally {
    return new Tally(
      JSON.parse(texts.nodes) as NodeTally[],
      JSON.parse(texts.models) as ModelTally[],
      JSON.parse(texts.open) as OpenStep[],
    );
  }

  texts(): { readonly nodes: string; readonly models: string; readonly open: string } {
    const { nodes, models, open } = this;
    return { nodes: JSON.stringify(nodes), models: JSON.stringify(models), open: JSON.stringify(open) };
  }

  step(path: string): OpenStep | undefined {
    return this.open.find((step) => step.path === path);
  }

  /** A step that is there again is the same one. */
  opens(step: OpenStep): void {
    this.open = [...this.open.filter(({ path }) => path !== step.path), step];
  }

  change(path: string, how: Partial<Omit<OpenStep, 'path'>>): void {
    this.open = this.open.map((step) => (step.path === path ? { ...step, ...how } : step));
  }

  closes(which: (path: string) => boolean): void {
    this.open = this.open.filter(({ path }) => !which(path));
  }

  node(id: string): NodeTally {
    const known = this.nodes.find(({ node_id }) => node_id === id);
    if (known) return known;
    const none: NodeTally = {
      node_id: id,
      runs: 0,
      failures: 0,
      failed_attempts: 0,
      ms: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      cost_nano: 0,
      tool_calls: 0,
      contains: 0,
    };
    this.nodes.push(none);
    return none;
  }

  uses(nodeId: string, usage: StepUsage): void {
    const node = this.node(nodeId);
    node.prompt_tokens += usage.prompt_tokens;
    node.completion_tokens += usage.completion_tokens;
    node.cost_nano += usage.cost_nano_usd;
    node.tool_calls += usage.tool_calls;
  }

  /** A step that used no model used no tokens. */
  asks(usage: AttemptUsage): void {
    const { prompt_tokens, completion_tokens, cost_nano_usd } = usage;
    const model = usage.model ?? null;
    if (model === null && prompt_tokens + completion_tokens + cost_nano_usd === 0) return;
    let tally = this.models.find((other) => other.model === model);
    if (!tally) this.models.push((tally = { model, calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_nano: 0 }));
    tally.calls += 1;
    tally.prompt_tokens += prompt_tokens;
    tally.completion_tokens += completion_tokens;
    tally.cost_nano += cost_nano_usd;
  }
}
