import type { ReadDatabase } from '../database/read-database.js';
import { countedExecutions, type CountedColumn } from './counted-executions.js';
import { rounded, Spread } from './spread.js';
import { modelsIn, nodesIn, nothing, type ModelTally, type NodeTally } from './tally.js';
import { UsageCount, type Usage } from './usage.js';

/** What the executions of one definition came to. Money in nano-USD. */
export interface DefinitionUsage extends Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly last_used_at: string | null;
  /** By the node's id. */
  readonly by_node: readonly NodeUsage[];
  /** The nodes by their part of the time that all nodes took, the greatest first; scopes are left out, as their time is that of the nodes inside. */
  readonly bottlenecks: readonly Bottleneck[];
  /** Of the definition's own steps: what a sub-workflow asked is counted with it. */
  readonly by_model: readonly ModelUsage[];
}

/** What one node came to in all of them. */
export interface NodeUsage {
  readonly node_id: string;
  readonly runs: number;
  readonly failures: number;
  readonly failed_attempts: number;
  readonly total_ms: number;
  /** Per run. */
  readonly avg_ms: number | null;
  /** Of what the node took in one execution, all its runs in it together, where it ran. */
  readonly p50_ms: number | null;
  readonly p95_ms: number | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cost_nano: number;
  readonly tool_calls: number;
  /** Its time contains that of the nodes inside it. */
  readonly is_scope: boolean;
}

export interface Bottleneck {
  readonly rank: number;
  readonly node_id: string;
  readonly total_ms: number;
  /** 0–100. */
  readonly share: number;
}

/** `model`: `provider/name`; null where the log does not say. */
export type ModelUsage = Readonly<ModelTally>;

/** The time in which executions were accepted: RFC 3339, UTC, ms. */
export interface Period {
  /** Inclusive. */
  readonly since?: string;
  /** Exclusive. */
  readonly before?: string;
}

const columns = [
  'outcome',
  'duration_ms',
  'prompt_tokens',
  'completion_tokens',
  'cost_nano',
  'nodes',
  'models',
] as const satisfies readonly CountedColumn[];

/** How definitions are used, counted from their executions when it is asked for. */
export class DefinitionUsageQueries {
  constructor(private readonly database: ReadDatabase) {}

  async of(tenant: string, definitionId: string, period: Period = {}): Promise<DefinitionUsage> {
    const all = new UsageCount();
    const nodes = new Map<string, NodeCount>();
    const models = new ModelCount();
    const last = { prompt_tokens: 0, completion_tokens: 0, last_used_at: null as string | null };
    for await (const row of countedExecutions(this.database, { tenant, definitionId, ...period }, columns)) {
      all.add(row, row.prompt_tokens + row.completion_tokens, row.cost_nano);
      last.prompt_tokens += row.prompt_tokens;
      last.completion_tokens += row.completion_tokens;
      last.last_used_at = row.started_at;
      for (const tally of nodesIn(row.nodes)) counterOf(nodes, tally.node_id).add(tally);
      for (const tally of modelsIn(row.models)) models.add(tally);
    }
    const by_node = [...nodes.values()].map((node) => node.usage()).toSorted(byNodeId);
    return { ...all.usage(), ...last, by_node, bottlenecks: bottlenecksAmong(by_node), by_model: models.usage() };
  }
}

const counterOf = (nodes: Map<string, NodeCount>, id: string): NodeCount => {
  const node = nodes.get(id) ?? new NodeCount(id);
  nodes.set(id, node);
  return node;
};

class NodeCount {
  private readonly times = new Spread();
  private readonly sums: { -readonly [M in keyof typeof nothing]: (typeof nothing)[M] } = { ...nothing };

  constructor(private readonly id: string) {}

  add({ contains, node_id: _, ...tally }: NodeTally): void {
    for (const [name, n] of Object.entries(tally)) this.sums[name as keyof typeof tally] += n;
    if (contains === 1) this.sums.contains = 1;
    if (tally.runs > 0) this.times.add(tally.ms);
  }

  usage(): NodeUsage {
    const { ms, contains, runs, failures, failed_attempts, ...used } = this.sums;
    const [p50_ms, p95_ms] = this.times.percentiles(50, 95) as [number | null, number | null];
    const times = { total_ms: ms, avg_ms: runs === 0 ? null : rounded(ms / runs), p50_ms, p95_ms };
    return { node_id: this.id, runs, failures, failed_attempts, ...times, ...used, is_scope: contains === 1 };
  }
}

/** Models and what they were used for; the dearest first, then the one with most tokens. */
export class ModelCount {
  private readonly models = new Map<string | null, ModelTally>();

  add({ model, ...tally }: ModelTally): void {
    const sum = this.models.get(model) ?? { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost_nano: 0 };
    this.models.set(model, {
      model,
      calls: sum.calls + tally.calls,
      prompt_tokens: sum.prompt_tokens + tally.prompt_tokens,
      completion_tokens: sum.completion_tokens + tally.completion_tokens,
      cost_nano: sum.cost_nano + tally.cost_nano,
    });
  }

  usage(): readonly ModelUsage[] {
    const tokens = ({ prompt_tokens, completion_tokens }: ModelUsage) => prompt_tokens + completion_tokens;
    return [...this.models.values()].toSorted(
      (left, right) =>
        right.cost_nano - left.cost_nano || tokens(right) - tokens(left) || byText(left.model ?? '', right.model ?? ''),
    );
  }
}

/** Only what took time, and is no scope. */
function bottlenecksAmong(nodes: readonly NodeUsage[]): readonly Bottleneck[] {
  const slow = nodes.filter(({ is_scope, total_ms }) => !is_scope && total_ms > 0);
  const all = slow.reduce((sum, { total_ms }) => sum + total_ms, 0);
  return slow
    .toSorted((left, right) => right.total_ms - left.total_ms || byNodeId(left, right))
    .map(({ node_id, total_ms }, index) => ({
      rank: index + 1,
      node_id,
      total_ms,
      share: rounded((100 * total_ms) / all),
    }));
}

const byNodeId = (left: Pick<NodeUsage, 'node_id'>, right: Pick<NodeUsage, 'node_id'>): number =>
  byText(left.node_id, right.node_id);

export const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
