import type { Failure, JsonObject, JsonValue } from '#plugin-sdk';
import type { CompiledEdge, CompiledGraph, CompiledNode } from '../graph/compiled-graph.js';
import { endReached, failed } from './ending.js';
import type {
  EndedIteration,
  ExecutionEvent,
  Failing,
  Follows,
  IterationStarted,
  Path,
  StepCompleted,
  Totals,
} from './execution.events.js';
import {
  concluded,
  evolve,
  follow,
  insideOf,
  openIteration,
  settleAbandoned,
  settleCompleted,
  stepOf,
  totalsAt,
} from './execution.evolve.js';
import type { Settled } from './execution.commands.js';
import { hasEnded, isEnding, isSettled, type ExecutionState, type Step } from './execution.state.js';
import { ordered } from './ordered-json.js';
import { closeApprovals } from './approval.js';
import { ROOT, instanceOf, isWithin, iterationPath, nodeIdOf, scopeStepOf, stepPath } from './path.js';
import { nodeOfStep } from './step-node.js';
import { arrivals, errorOf, merged, namesAt } from './scope-names.js';
import { consequences, takenEdges, type InstanceView } from './settlement.js';

type Fact<T extends ExecutionEvent['type']> = Extract<ExecutionEvent, { type: T }>['data'];
/** Facts from which others follow. */
type Follower = 'StepCompleted' | 'StepAbandoned' | 'IterationStarted';

/**
 * One decision in the making: facts, each folded in as it is recorded, and the questions that they raise (steps that
 * were scheduled, scopes whose iteration ended, callers whose steps settled), answered before it is closed.
 */
export class Decision {
  readonly events: ExecutionEvent[] = [];
  private readonly questions: Path[] = [];
  private answered = 0;

  constructor(
    readonly state: ExecutionState,
    readonly graph: CompiledGraph,
    readonly at: string,
    /** What another execution had settled, by path. */
    readonly recalled: ReadonlyMap<Path, Settled> | null = null,
  ) {}

  raise(...questions: readonly Path[]): void {
    this.questions.push(...questions);
  }

  nextQuestion(): Path | undefined {
    return this.questions[this.answered++];
  }

  get now(): number {
    return Date.parse(this.at);
  }

  record<T extends ExecutionEvent['type']>(type: T, data: Fact<T>): void {
    const event = { type, data: ordered(data as unknown as JsonObject) } as unknown as ExecutionEvent;
    evolve(this.state, event, { at: this.at });
    this.events.push(event);
  }

  /** A step has succeeded: what follows is found with its output in place, and recorded in the same fact. */
  complete(step: Step, data: Omit<StepCompleted, keyof Follows | 'path'>): void {
    if (step.compensates !== null) return this.compensated(step, data);
    this.closeBody(step);
    const fact = ordered({ ...data, path: step.path } as unknown as JsonObject) as unknown as StepCompleted;
    settleCompleted(this.state, fact, this.at);
    if (step.called !== null) {
      this.push('StepCompleted', fact, step.path, {});
      return this.raise(step.called.by);
    }
    if (data.stop || isEnding(this.state)) this.push('StepCompleted', fact, step.path, {});
    else this.pushWithFollows('StepCompleted', fact, step.path, this.nodeOf(step), data.port, fact.output);
    if (data.stop && !hasEnded(this.state)) endReached(this);
  }

  private compensated({ path }: Step, { attempt, output, metrics }: Omit<StepCompleted, keyof Follows | 'path'>): void {
    this.record('CompensationCompleted', { attempt, output, path, ...(metrics && { metrics }) });
  }

  /** A called step is given up: its caller decides what that means. */
  tellCaller(step: Step, by: Path, failure: Failure): void {
    const fact = this.abandonment(step, failure);
    settleAbandoned(this.state, step.path, fact, this.at);
    this.push('StepAbandoned', fact, step.path, {});
    this.raise(by);
  }

  private abandonment({ path, attempt }: Step, failure: Failure) {
    const recalled = this.recalled?.has(path) ? ({ recalled: true } as const) : {};
    return { attempt, failure, path, ...recalled };
  }

  /** A step is given up and left by its `error` port. Where that is not wired, see `giveUp`. */
  leaveByError(step: Step, failure: Failure): void {
    this.closeBody(step);
    const fact = this.abandonment(step, failure);
    settleAbandoned(this.state, step.path, fact, this.at);
    this.pushWithFollows('StepAbandoned', fact, step.path, this.nodeOf(step), 'error', null);
  }

  /** A step is given up and nothing catches it: its iteration ends with this failure, or the execution does. */
  giveUp(step: Step, failure: Failure, origin: Path): void {
    const { instance } = step;
    if (instance !== ROOT) closeApprovals(this, (path) => path !== step.path && isWithin(instance, path));
    const fact = this.abandonment(step, failure);
    settleAbandoned(this.state, step.path, fact, this.at);
    this.push(
      'StepAbandoned',
      fact,
      step.path,
      instance === ROOT ? {} : { ended: [{ failed_at: origin, failure, path: instance }] },
    );
    if (instance !== ROOT) return this.raise(scopeStepOf(instance).step);
    const failing = stepOf(this.state, origin);
    const { code, message, retryable } = failure;
    failed(this, { attempt: failing.attempt, code, message, node_id: nodeIdOf(origin), path: origin, retryable });
  }

  /** Starts an iteration: the edges into the body are decided, and what follows from that. */
  startIteration(scope: CompiledNode, path: Path, item: JsonValue, config: JsonObject | null): void {
    const fact = ordered({ item, path, ...(config && { config }) }) as unknown as IterationStarted;
    openIteration(this.state, fact);
    this.pushWithFollows('IterationStarted', fact, insideOf(path), scope, scope.definition.descriptor.bodyPort!, item);
  }

  private pushWithFollows(
    type: Follower,
    fact: object,
    from: Path,
    node: CompiledNode,
    port: string,
    output: JsonValue,
  ): void {
    const found = this.followsFrom(node, port, instanceOf(from), output);
    if ('failing' in found) {
      this.push(type, fact, from, {});
      return failed(this, found.failing);
    }
    const ended = [...this.cancelledBy(from), ...(found.follows.ended ?? [])];
    this.push(type, fact, from, { ...found.follows, ...(ended.length > 0 && { ended }) });
    this.ask(found.follows, found.unmet);
  }

  /** A scope that settles while iterations run cancels them: nothing goes on behind it. First, what they ask people. */
  private closeBody(step: Step): void {
    const running = this.runningIterations(step);
    if (running.length > 0) closeApprovals(this, (path) => running.some((iteration) => isWithin(iteration, path)));
  }

  private cancelledBy(from: Path): readonly EndedIteration[] {
    const step = this.state.steps.get(from);
    return step ? this.runningIterations(step).map((path) => ({ cancelled: true, path })) : [];
  }

  private runningIterations({ path, iterations }: Step): readonly Path[] {
    if (!iterations?.running) return [];
    const all = Array.from({ length: iterations.started }, (_, index) => iterationPath(path, index));
    return all.filter((iteration) => !this.state.instances.get(iteration)!.ended);
  }

  /** Records a fact whose first half (what the step came to) is folded in already. */
  private push(type: Follower, fact: object, from: Path, follows: Follows): void {
    follow(this.state, from, follows, this.at);
    concluded(this.state, { at: this.at });
    this.events.push({ type, data: ordered({ ...fact, ...follows } as JsonObject) } as unknown as ExecutionEvent);
  }

  private followsFrom(
    node: CompiledNode,
    port: string,
    instance: Path,
    output: JsonValue,
  ): { readonly follows: Follows; readonly unmet: readonly Path[] } | { readonly failing: Failing } {
    const outcome = takenEdges(node, port, (edge) => this.holds(edge, instance, output, node));
    if ('failed' in outcome) return { failing: conditionFailed(outcome.failed, outcome.error.message) };

    const within = this.state.instances.get(instance)!;
    for (const edge of outcome.taken) within.taken.add(edge.id);
    const isBody = port === node.definition.descriptor.bodyPort;
    const sources = isBody ? (node.outgoing.get(port) ?? []) : node.levelEdges;
    const { scheduled, skipped, unmet } = consequences(this.graph, this.view(instance), sources);

    const paths = (ids: readonly string[]) => ids.map((id) => stepPath(instance, id));
    const ended =
      instance !== ROOT && within.active + scheduled.length + unmet.length === 0 ? [this.endOf(instance)] : [];
    return {
      unmet: paths(unmet),
      follows: {
        ...(ended.length > 0 && { ended }),
        ...(scheduled.length + unmet.length > 0 && { scheduled: paths([...scheduled, ...unmet]) }),
        ...(skipped.length > 0 && { skipped: paths(skipped) }),
        ...(outcome.taken.length > 0 && { taken: outcome.taken.map((edge) => edge.id) }),
      },
    };
  }

  /** On an edge `incoming` is what the edge would carry: out of an `error` port, the failure, which is `error` there too. */
  private holds(edge: CompiledEdge, instance: Path, output: JsonValue, from: CompiledNode): boolean {
    const path = stepPath(instance, from.id);
    const step = this.state.steps.get(path);
    const error = edge.port === 'error' && step?.failure ? { ...errorOf(step) } : null;
    const place = {
      instance,
      incoming: error ?? output,
      needs: edge.names,
      step: path,
      ...(error && { own: { error } }),
    };
    return edge.condition!.test(namesAt(this.state, this.graph, place));
  }

  private view(instance: Path): InstanceView {
    const { state, graph } = this;
    const { taken } = state.instances.get(instance)!;
    const ownScope = instance === ROOT ? null : nodeIdOf(scopeStepOf(instance).step);
    return {
      isTaken: (edge) => taken.has(edge),
      hasFate: (id) => state.steps.has(stepPath(instance, id)),
      hasDecidedEdges: (id) => {
        if (id === ownScope && graph.nodes.get(id)?.scope !== ownScope) return true;
        const step = state.steps.get(stepPath(instance, id));
        return step !== undefined && isSettled(step);
      },
    };
  }

  /** An iteration that has come to rest ends with what arrived at `back`. */
  private endOf(instance: Path) {
    const scope = this.graph.nodes.get(nodeIdOf(scopeStepOf(instance).step))!;
    return { path: instance, value: merged(arrivals(this.state, this.graph, instance, scope.returning)) };
  }

  private ask(follows: Follows, unmet: readonly Path[]): void {
    for (const path of unmet) {
      const step = stepOf(this.state, path);
      const failure = {
        code: 'join_not_met',
        message: `Too few of the edges into "${step.nodeId}" were taken.`,
        retryable: false,
      };
      this.refuseJoin(step, failure);
    }
    this.raise(...(follows.scheduled ?? []));
    this.raise(...(follows.ended ?? []).map(({ path }) => scopeStepOf(path).step));
  }

  private refuseJoin(step: Step, failure: Failure): void {
    if (this.nodeOf(step).outgoing.has('error')) this.leaveByError(step, failure);
    else this.giveUp(step, failure, step.path);
  }

  nodeOf(step: Step): CompiledNode {
    return nodeOfStep(this.graph, step);
  }

  totals(): Totals {
    return totalsAt(this.state, this.at);
  }
}

const conditionFailed = (edge: CompiledEdge, message: string): Failing => ({
  attempt: null,
  code: 'condition_failed',
  edge_id: edge.id,
  message: `The condition of the edge "${edge.id}" (${edge.source} → ${edge.target}) cannot be evaluated: ${message}`,
  node_id: edge.source,
  path: null,
  retryable: false,
});
