import fc from 'fast-check';
import type { ApprovalRequested } from '#engine';
import type { AttemptUsage } from '#plugin-sdk';
import {
  accept,
  after,
  asGraph,
  begin,
  complete,
  compiled,
  given,
  node,
  randomLevel,
  type Specified,
  type Wish,
} from '#engine/testing';

/** One execution as it may have been, and when each of its facts was recorded. */
export interface RandomHistory {
  readonly id: string;
  readonly tenant: string;
  readonly facts: Specified['history'];
}

const kinds = ['pure', 'look', 'change', 'change', 'pause', 'child', 'caller', 'signal', 'ask'] as const;
const waits: ReadonlySet<string> = new Set(['pause', 'signal', 'ask']);
const models = [undefined, 'local/echo', 'openai/large', 'openai/small'];

/** Numbers that chance gave, one after the other, again from the first when they are spent. */
class Chances {
  private at = 0;
  constructor(private readonly numbers: readonly number[]) {}
  next(below: number): number {
    return (this.numbers[this.at++ % this.numbers.length] ?? 0) % below;
  }
}

/** Executions of random graphs, some of them cut short: nested scopes, retries, calls, children, approvals, uncertain attempts, compensations, cancels. */
export const randomHistories: fc.Arbitrary<readonly RandomHistory[]> = fc
  .array(
    fc
      .record({ level: randomLevel(1), numbers: fc.array(fc.nat(10_000), { minLength: 5, maxLength: 60 }) })
      .map(({ level, numbers }) => ({ graph: asGraph(level), chances: new Chances(numbers) })),
    { minLength: 1, maxLength: 6 },
  )
  .map((runs) => runs.map(({ graph, chances }, index) => historyOf(graph, chances, index)));

function historyOf({ nodes, edges }: ReturnType<typeof asGraph>, chances: Chances, index: number): RandomHistory {
  const typed = nodes.map((node) => {
    const type = node.type === 'pure' ? kinds[chances.next(kinds.length)]! : node.type;
    const config = { ...node.data.config, ...configs[type] };
    const retried = { retry: { max_attempts: 2, backoff_ms: 50 }, on_uncertain: 'retry' as const };
    const undone = type === 'change' ? { compensate: 'undo' } : {};
    return { ...node, type, data: waits.has(type) ? { config } : { ...node.data, config, ...retried, ...undone } };
  });
  const all = [...typed, node('undo', 'change')];
  const asking = new Set(typed.filter(({ type }) => type === 'ask').map(({ id }) => id));
  const wired = edges.map((edge) =>
    asking.has(edge.source) && edge.source_handle === 'out' ? { ...edge, source_handle: 'approved' } : edge,
  );
  let now = chances.next(3 * 86_400) * 1_000;
  const at = () => after((now += chances.next(4_000)));
  const whose = {
    definition_id: chances.next(3) === 0 ? null : `d${chances.next(2)}`,
    template_id: chances.next(2) === 0 ? null : `t${chances.next(2)}`,
  };
  const run = given(compiled(all, wired), { ...accept(whose), at: at() });
  const steps = chances.next(60);
  for (let turn = 0; turn < steps && run.state.endedAt === null; turn += 1) {
    if (chances.next(12) === 0) run.tell({ type: 'Cancel', by: 'usr_1', reason: null, force: false, at: at() });
    const wish = nextWish(run, chances, all);
    if (wish === null) break;
    run.tell({ ...wish, at: at() });
  }
  if (run.state.endedAt === null && chances.next(4) === 0)
    run.tell({ type: 'Cancel', by: 'usr_1', reason: null, force: true, at: at() });
  return { id: `e${index}`, tenant: chances.next(5) === 0 ? 'other' : 'default', facts: run.history };
}

const configs: Readonly<Record<string, object>> = {
  pause: { ms: 0 },
  signal: { name: 'go', ms: 0 },
  ask: { title: 'Go on?', ms: 0 },
  child: { id: 'd9' },
  caller: { turns: 1 },
};

function nextWish(run: Specified, chances: Chances, nodes: readonly { id: string; type: string }[]): Wish | null {
  const open = [...run.state.open].filter(({ iterations, calls }) => iterations === null && calls === null);
  const step = open[chances.next(Math.max(1, open.length))];
  if (!step) return null;
  const { path, attempt, status } = step;
  const type = step.called?.nodeType ?? nodes.find(({ id }) => id === step.nodeId)!.type;
  if (status === 'waiting') return endOfWait(step, run.state.status === 'running', chances);
  if (status === 'uncertain') return { type: 'ResolveUncertainty', path, outcome: 'succeeded' };
  const hasEffects = type === 'look' || type === 'change' || type === 'caller';
  if (status === 'scheduled' && hasEffects) return begin(path, attempt);
  if (hasEffects && chances.next(12) === 0) return { type: 'TakeOver', process: 'p2', chance: 0 };
  const usage = usageOf(chances);
  if (chances.next(step.compensates === null ? 4 : 3) === 0) {
    const failure = { code: 'broken', message: 'broken', retryable: true };
    const uncertain = chances.next(3) === 0 ? { uncertain: 'timeout' as const } : {};
    return { type: 'FailStep', path, attempt, failure, chance: 0, ...usage, ...uncertain };
  }
  const port = type === 'choose' ? (chances.next(2) === 0 ? 'true' : 'false') : type === 'handler' ? 'handled' : 'out';
  return complete(path, null, port, attempt, usage);
}

type OpenStep = Specified['state']['open'] extends Set<infer S> ? S : never;

function endOfWait({ path, wait }: OpenStep, running: boolean, chances: Chances): Wish {
  if (wait?.for === 'signal' && running && chances.next(2) === 0)
    return { type: 'Signal', signalId: path, name: 'go', payload: null, by: 'usr_1' };
  if (wait?.for === 'approval' && running && chances.next(3) > 0) return vote(wait.request, chances);
  if (wait?.for !== 'child') return { type: 'FireTimer', path };
  const outcome = chances.next(3) === 0 ? 'failed' : 'completed';
  const { child_id: childId } = wait.child;
  const { metrics } = usageOf(chances);
  const { model: _, ...used } = metrics ?? { prompt_tokens: 0, completion_tokens: 0, cost_nano_usd: 0, tool_calls: 0 };
  return { type: 'EndChild', path, childId, outcome, output: null, metrics: used };
}

function vote(request: ApprovalRequested, chances: Chances): Wish {
  const { approval_id: approvalId, shown_digest: shownDigest } = request;
  const decision = chances.next(3) === 0 ? 'rejected' : 'approved';
  return { type: 'DecideApproval', approvalId, by: 'usr_1', as: [], decision, comment: null, fields: {}, shownDigest };
}

function usageOf(chances: Chances): { readonly metrics?: AttemptUsage } {
  if (chances.next(2) === 0) return {};
  const model = models[chances.next(models.length)];
  const tool_calls = chances.next(3);
  if (model === undefined && chances.next(2) === 0)
    return { metrics: { prompt_tokens: 0, completion_tokens: 0, cost_nano_usd: 0, tool_calls } };
  const used = {
    prompt_tokens: chances.next(500),
    completion_tokens: 1 + chances.next(200),
    cost_nano_usd: chances.next(9_000),
  };
  return { metrics: { ...used, tool_calls, ...(model !== undefined && { model }) } };
}
