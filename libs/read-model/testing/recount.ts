/**
 * The numbers once more, counted straight from the events of whole streams: written as one would explain them, sharing
 * nothing with the code that it is compared to.
 */

/** A fact of any stream, as it comes from the log or from `GET …/events`. */
export interface CountedFact {
  readonly type: string;
  readonly data: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- events as anyone reads them
  readonly at: string;
}

export type Stream = readonly CountedFact[];

const ends = ['ExecutionCompleted', 'ExecutionFailed', 'ExecutionCancelled'];
const only = (stream: Stream, ...types: string[]): Stream => stream.filter(({ type }) => types.includes(type));
const endOf = (stream: Stream) => only(stream, ...ends)[0];
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
const two = (n: number): number => Math.round(n * 100) / 100;
const ms = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** The nearest rank. */
export const percentile = (numbers: readonly number[], p: number): number | null =>
  numbers.length === 0 ? null : numbers.toSorted((a, b) => a - b)[Math.ceil((p * numbers.length) / 100) - 1]!;

const usages = (stream: Stream) =>
  only(stream, 'StepCompleted', 'StepFailed', 'CompensationCompleted').filter(({ data }) => data.metrics);
const childPaths = (stream: Stream) => new Set(only(stream, 'ChildStarted').map(({ data }) => data.path as string));
const ownUsages = (stream: Stream) => usages(stream).filter(({ data }) => !childPaths(stream).has(data.path));
const tokensIn = (facts: Stream): number =>
  sum(facts.map(({ data }) => data.metrics.prompt_tokens + data.metrics.completion_tokens));
const costIn = (facts: Stream): number => sum(facts.map(({ data }) => data.metrics.cost_nano_usd));

/** `counting`: which of the usages of a stream count. */
function usageOf(streams: readonly Stream[], counting: (stream: Stream) => Stream) {
  const ended = streams.map(endOf).filter((end) => end !== undefined);
  const outcome = (type: string) => ended.filter((end) => end.type === type).length;
  const times = ended.map(({ data }) => data.metrics.execution_time_ms as number);
  const [good, bad] = [outcome('ExecutionCompleted'), outcome('ExecutionFailed')];
  return {
    usage_count: streams.length,
    success_count: good,
    failure_count: bad,
    cancelled_count: outcome('ExecutionCancelled'),
    success_rate: good + bad === 0 ? 0 : two((100 * good) / (good + bad)),
    execution_time_ms: {
      avg: times.length === 0 ? null : two(sum(times) / times.length),
      p50: percentile(times, 50),
      p95: percentile(times, 95),
      p99: percentile(times, 99),
    },
    tokens: sum(streams.map((stream) => tokensIn(counting(stream)))),
    cost_nano: sum(streams.map((stream) => costIn(counting(stream)))),
  };
}

/** The node whose step this is; of a called step its caller's. */
function nodeAt(stream: Stream, path: string): string {
  const call = only(stream, 'StepCalled').find(({ data }) => data.path === path);
  if (call) return nodeAt(stream, call.data.by);
  const undoing = only(stream, 'CompensationStarted').find(({ data }) => data.path === path);
  return undoing ? undoing.data.node_id : path.split('/').at(-1)!;
}

/** What began the step, before the fact at `until`. */
function beginningOf(stream: Stream, path: string, until: number): string {
  const before = stream.slice(0, until);
  const starts = ['StepStarted', 'TimerSet', 'WaitStarted', 'ApprovalRequested', 'ChildStarted'];
  const started = only(before, ...starts).find(({ data }) => data.path === path);
  const isScope = only(before, 'IterationStarted').some(({ data }) => data.path.replace(/\[\d+\]$/, '') === path);
  const calls = only(before, 'StepCalled').some(({ data }) => data.by === path);
  if (started && !isScope && !calls) return started.at;
  const opening = before.find(
    ({ type, data }) => data.scheduled?.includes(path) || (type === 'CompensationStarted' && data.path === path),
  );
  return opening!.at;
}

interface Run {
  readonly node_id: string;
  readonly failed: boolean;
  readonly ms: number;
}

function runsIn(stream: Stream): readonly Run[] {
  const called = new Set(only(stream, 'StepCalled').map(({ data }) => data.path));
  return stream.flatMap(({ type, data, at }, index) => {
    const settles = ['StepCompleted', 'StepAbandoned', 'CompensationCompleted', 'CompensationFailed'].includes(type);
    if (!settles || data.recalled || called.has(data.path)) return [];
    const failed =
      type === 'StepAbandoned' || type === 'CompensationFailed' || (type === 'StepCompleted' && data.failure);
    return [
      {
        node_id: nodeAt(stream, data.path),
        failed: Boolean(failed),
        ms: ms(beginningOf(stream, data.path, index), at),
      },
    ];
  });
}

function nodesOf(streams: readonly Stream[]) {
  const runs = streams.map(runsIn);
  const attempts = (stream: Stream) => only(stream, 'StepFailed', 'StepUncertain');
  const scopes = streams.flatMap((stream) =>
    only(stream, 'IterationStarted').map(({ data }) => nodeAt(stream, data.path.replace(/\[\d+\]$/, ''))),
  );
  const seen = new Set([
    ...runs.flat().map(({ node_id }) => node_id),
    ...scopes,
    ...streams.flatMap((stream) =>
      [...attempts(stream), ...usages(stream)].map(({ data }) => nodeAt(stream, data.path)),
    ),
  ]);
  return [...seen].toSorted().map((node_id) => {
    const mine = runs.flat().filter((run) => run.node_id === node_id);
    const used = streams.flatMap((stream) =>
      usages(stream).filter(({ data }) => nodeAt(stream, data.path) === node_id),
    );
    const perExecution = runs
      .map((all) => all.filter((run) => run.node_id === node_id))
      .filter(({ length }) => length > 0)
      .map((all) => sum(all.map((run) => run.ms)));
    const total_ms = sum(mine.map((run) => run.ms));
    return {
      node_id,
      runs: mine.length,
      failures: mine.filter(({ failed }) => failed).length,
      failed_attempts: sum(
        streams.map((stream) => attempts(stream).filter(({ data }) => nodeAt(stream, data.path) === node_id).length),
      ),
      total_ms,
      avg_ms: mine.length === 0 ? null : two(total_ms / mine.length),
      p50_ms: percentile(perExecution, 50),
      p95_ms: percentile(perExecution, 95),
      prompt_tokens: sum(used.map(({ data }) => data.metrics.prompt_tokens)),
      completion_tokens: sum(used.map(({ data }) => data.metrics.completion_tokens)),
      cost_nano: costIn(used),
      tool_calls: sum(used.map(({ data }) => data.metrics.tool_calls)),
      is_scope: scopes.includes(node_id),
    };
  });
}

/** Ordered by the model's name: of those that cost the same the order is no number. */
function modelsOf(streams: readonly Stream[]) {
  const asked = streams
    .flatMap(ownUsages)
    .filter(
      ({ data }) => data.metrics.model || tokensIn([{ type: '', at: '', data }]) + data.metrics.cost_nano_usd > 0,
    );
  const names = [...new Set(asked.map(({ data }) => (data.metrics.model ?? null) as string | null))];
  return names.map((model) => {
    const mine = asked.filter(({ data }) => (data.metrics.model ?? null) === model);
    return {
      model,
      calls: mine.length,
      prompt_tokens: sum(mine.map(({ data }) => data.metrics.prompt_tokens)),
      completion_tokens: sum(mine.map(({ data }) => data.metrics.completion_tokens)),
      cost_nano: costIn(mine),
    };
  });
}

const acceptedOf = (stream: Stream): CountedFact => stream[0]!;
const inOrder = (streams: readonly Stream[]): readonly Stream[] =>
  streams.toSorted((a, b) => (acceptedOf(a).at < acceptedOf(b).at ? -1 : 1));

/** All executions of one definition. */
export function recountDefinition(all: readonly Stream[], definitionId: string) {
  const streams = all.filter((stream) => acceptedOf(stream).data.definition_id === definitionId);
  const by_node = nodesOf(streams);
  const slow = by_node.filter(({ is_scope, total_ms }) => !is_scope && total_ms > 0);
  const whole = sum(slow.map(({ total_ms }) => total_ms));
  return {
    ...usageOf(streams, usages),
    prompt_tokens: sum(streams.flatMap(usages).map(({ data }) => data.metrics.prompt_tokens)),
    completion_tokens: sum(streams.flatMap(usages).map(({ data }) => data.metrics.completion_tokens)),
    last_used_at: streams.length === 0 ? null : acceptedOf(inOrder(streams).at(-1)!).at,
    by_node,
    bottlenecks: slow
      .toSorted((a, b) => b.total_ms - a.total_ms || (a.node_id < b.node_id ? -1 : 1))
      .map(({ node_id, total_ms }, index) => ({
        rank: index + 1,
        node_id,
        total_ms,
        share: two((100 * total_ms) / whole),
      })),
    by_model: modelsOf(streams),
  };
}

/** The executions of one tenant; days as `YYYY-MM-DD`. */
export function recountOverview(all: readonly Stream[], days: readonly string[]) {
  const dayOf = (stream: Stream) => acceptedOf(stream).at.slice(0, 10);
  const streams = all.filter((stream) => days.includes(dayOf(stream)));
  const ids = (name: string) => [...new Set(streams.map((stream) => acceptedOf(stream).data[name] as string | null))];
  const by = (name: string) =>
    ids(name).map((id) => ({
      [name]: id,
      ...usageOf(
        streams.filter((stream) => acceptedOf(stream).data[name] === id),
        ownUsages,
      ),
    }));
  return {
    total: usageOf(streams, ownUsages),
    by_day: days.map((day) => ({
      day,
      ...usageOf(
        streams.filter((stream) => dayOf(stream) === day),
        ownUsages,
      ),
    })),
    by_model: modelsOf(streams),
    by_definition: by('definition_id'),
    by_template: by('template_id'),
  };
}
