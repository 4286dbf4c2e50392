import type { AttemptUsage, StepUsage } from '#plugin-sdk';

/** What one node came to in one execution, all its steps together. */
export interface NodeTally {
  readonly node_id: string;
  /** Steps that succeeded or were given up. */
  readonly runs: number;
  /** Those that were given up, or whose failure `on_error` made a value of. */
  readonly failures: number;
  /** Attempts that failed, or ended without a definite answer; others may have followed. */
  readonly failed_attempts: number;
  /** From the first start of each run to its end, rests before further attempts included. */
  readonly ms: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_nano: number;
  readonly tool_calls: number;
  /** Its time is that of the steps inside it: a scope. */
  readonly contains: 0 | 1;
}

/** What one model was used for in one execution. `model`: `provider/name`; null where the log does not say. */
export interface ModelTally {
  readonly model: string | null;
  /** Steps and failed attempts that used it. */
  readonly calls: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_nano: number;
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

/** A tally, as a row keeps it. */
export interface TallyTexts {
  readonly nodes: string;
  readonly models: string;
  readonly open: string;
}

export const nothing: Omit<NodeTally, 'node_id'> = {
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

/** In the text only what is not nought is said. */
export const nodesIn = (text: string): NodeTally[] =>
  (JSON.parse(text) as (Partial<NodeTally> & Pick<NodeTally, 'node_id'>)[]).map((node) => ({ ...nothing, ...node }));

export const modelsIn = (text: string): ModelTally[] => JSON.parse(text) as ModelTally[];

/** What has been counted so far. To count on gives another one. */
export class Tally {
  static readonly none = new Tally([], [], []);

  private constructor(
    private readonly nodes: readonly NodeTally[],
    private readonly models: readonly ModelTally[],
    private readonly open: readonly OpenStep[],
  ) {}

  static of({ nodes, models, open }: TallyTexts): Tally {
    return new Tally(nodesIn(nodes), modelsIn(models), JSON.parse(open) as OpenStep[]);
  }

  texts(): TallyTexts {
    const { nodes, models, open } = this;
    const unlessNought = (_: string, value: unknown) => (value === 0 ? undefined : value);
    return {
      nodes: JSON.stringify(nodes, unlessNought),
      models: JSON.stringify(models),
      open: JSON.stringify(open),
    };
  }

  step(path: string): OpenStep | undefined {
    return this.open.find((step) => step.path === path);
  }

  /** A step that is there again is the same one. */
  opens(step: OpenStep): Tally {
    return this.withOpen([...this.open.filter(({ path }) => path !== step.path), step]);
  }

  changes(path: string, how: Partial<Omit<OpenStep, 'path'>>): Tally {
    return this.withOpen(this.open.map((step) => (step.path === path ? { ...step, ...how } : step)));
  }

  closes(which: (path: string) => boolean): Tally {
    return this.withOpen(this.open.filter(({ path }) => !which(path)));
  }

  adds(nodeId: string, more: Partial<Omit<NodeTally, 'node_id' | 'contains'>>): Tally {
    return this.withNode(nodeId, (node) => {
      const sums: Record<string, number> = {};
      for (const [member, value] of Object.entries(more)) sums[member] = node[member as keyof typeof more] + value;
      return { ...node, ...sums };
    });
  }

  contains(nodeId: string): Tally {
    return this.withNode(nodeId, (node) => ({ ...node, contains: 1 }));
  }

  uses(nodeId: string, { prompt_tokens, completion_tokens, cost_nano_usd, tool_calls }: StepUsage): Tally {
    return this.adds(nodeId, { prompt_tokens, completion_tokens, cost_nano: cost_nano_usd, tool_calls });
  }

  /** A step that used no model used no tokens. */
  asks(usage: AttemptUsage): Tally {
    const { prompt_tokens, completion_tokens, cost_nano_usd } = usage;
    const model = usage.model ?? null;
    if (model === null && prompt_tokens + completion_tokens + cost_nano_usd === 0) return this;
    const none: ModelTally = { model, calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_nano: 0 };
    const models = changed(
      this.models,
      (tally) => tally.model === model,
      none,
      (tally) => ({
        ...tally,
        calls: tally.calls + 1,
        prompt_tokens: tally.prompt_tokens + prompt_tokens,
        completion_tokens: tally.completion_tokens + completion_tokens,
        cost_nano: tally.cost_nano + cost_nano_usd,
      }),
    );
    return new Tally(this.nodes, models, this.open);
  }

  private withNode(id: string, how: (node: NodeTally) => NodeTally): Tally {
    const nodes = changed(this.nodes, ({ node_id }) => node_id === id, { node_id: id, ...nothing }, how);
    return new Tally(nodes, this.models, this.open);
  }

  private withOpen(open: readonly OpenStep[]): Tally {
    return new Tally(this.nodes, this.models, open);
  }
}

/** The list with one of its items changed, or added as the last. */
function changed<T>(list: readonly T[], which: (item: T) => boolean, none: T, how: (item: T) => T): readonly T[] {
  const at = list.findIndex(which);
  return at < 0 ? [...list, how(none)] : list.with(at, how(list[at]!));
}
