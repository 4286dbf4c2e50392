import type { Arrival, JsonObject, JsonValue, StepError } from '#plugin-sdk';
import type { Names } from '../expression/index.js';
import type { CompiledEdge, CompiledGraph, CompiledNode, NeededNames } from '../graph/compiled-graph.js';
import type { Path } from './execution.events.js';
import { isSettled, type ExecutionState, type Step } from './execution.state.js';
import { instanceOf, ROOT, scopeStepOf, stepPath } from './path.js';

/** Where an expression is evaluated. */
export interface Place {
  readonly instance: Path;
  readonly incoming: JsonValue;
  readonly needs: NeededNames;
  /** The step whose error path is looked up when `error` is named. */
  readonly step?: Path;
  /** Names that stand before all others (a loop's `index` and `last` in its own condition). */
  readonly own?: JsonObject;
  /** What each secret that may be named here is referred to by. */
  readonly secrets?: JsonObject;
}

/** What every name means at one place. Unknown names are undefined, and never true. */
export function namesAt(state: ExecutionState, graph: CompiledGraph, place: Place): Names {
  return (name) => {
    if (place.own && Object.hasOwn(place.own, name)) return place.own[name];
    switch (name) {
      case 'input':
        return state.accepted?.input;
      case 'incoming':
        return place.incoming;
      case 'params':
        return {};
      case 'variables':
        return state.variables;
      case 'nodes':
        return nodesInScope(state, graph, place.instance, place.needs);
      case 'item':
        return place.instance === ROOT ? undefined : state.instances.get(place.instance)?.item;
      case 'index':
        return place.instance === ROOT ? undefined : scopeStepOf(place.instance).index;
      case 'scopes':
        return enclosingScopes(state, place.instance);
      case 'execution':
        return executionFacts(state);
      case 'secrets':
        return place.secrets;
      case 'conversation':
        return conversationFacts(state);
      case 'error':
        return place.step === undefined ? undefined : (errorBefore(state, graph, place.step) ?? undefined);
      default:
        return undefined;
    }
  };
}

/** Null where the execution takes part in none. What was said in it is a memory node's to tell. */
const conversationFacts = ({ accepted }: ExecutionState): { readonly id: string } | null =>
  accepted?.conversation_id === undefined ? null : { id: `conv_${accepted.conversation_id}` };

export const executionFacts = (state: ExecutionState) => ({
  id: `exec_${state.id}`,
  type: state.accepted?.workflow_type ?? 'custom',
  user: state.accepted?.subject ?? '',
  started_at: state.startedAt,
});

/** A node that has not settled, or was skipped, is there with a null output; one that is out of scope is not there. */
export function nodesInScope(
  state: ExecutionState,
  graph: CompiledGraph,
  instance: Path,
  needs: NeededNames,
): Record<string, { readonly output: JsonValue; readonly status: string }> {
  const found: Record<string, { output: JsonValue; status: string }> = {};
  const levels = levelsAround(instance);
  for (const id of needs === 'all' ? graph.nodes.keys() : needs) {
    const node = graph.nodes.get(id);
    const level = node && levels.find((each) => each.scope === node.scope);
    if (!level) continue;
    const step = state.steps.get(stepPath(level.instance, id));
    found[id] = { output: step && isSettled(step) ? step.output : null, status: step ? wireStatus(step) : 'pending' };
  }
  return found;
}

export const wireStatus = (step: Step) => (step.status === 'abandoned' ? ('failed' as const) : step.status);

/** The instances around a place, innermost first, each with the scope that it is an iteration of. */
function levelsAround(instance: Path): readonly { readonly instance: Path; readonly scope: string | null }[] {
  const levels: { instance: Path; scope: string | null }[] = [];
  for (let at = instance; at !== ROOT;) {
    const { step } = scopeStepOf(at);
    const outer = instanceOf(step);
    levels.push({ instance: at, scope: outer === ROOT ? step : step.slice(outer.length + 1) });
    at = outer;
  }
  return [...levels, { instance: ROOT, scope: null }];
}

function enclosingScopes(state: ExecutionState, instance: Path): JsonObject {
  const scopes: Record<string, JsonObject> = {};
  for (const level of levelsAround(instance)) {
    if (level.scope === null || scopes[level.scope]) continue;
    const item = state.instances.get(level.instance)?.item ?? null;
    scopes[level.scope] = { index: scopeStepOf(level.instance).index, item };
  }
  return scopes;
}

/** What arrived at a node, in the order of the graph's edges. */
export function arrivals(
  state: ExecutionState,
  graph: CompiledGraph,
  instance: Path,
  edges: readonly CompiledEdge[],
  reader?: CompiledNode,
): readonly Arrival[] {
  const taken = state.instances.get(instance)?.taken;
  return edges
    .filter((edge) => taken?.has(edge.id))
    .map((edge) => ({ source: edge.source, value: carriedBy(state, graph, instance, edge, reader) }));
}

/** One source: its output. Several: an object by source id. None: null. */
export function merged(from: readonly Arrival[]): JsonValue {
  if (from.length === 0) return null;
  const sources = new Set(from.map(({ source }) => source));
  return sources.size === 1 ? from[0]!.value : Object.fromEntries(from.map(({ source, value }) => [source, value]));
}

function carriedBy(
  state: ExecutionState,
  graph: CompiledGraph,
  instance: Path,
  edge: CompiledEdge,
  reader: CompiledNode | undefined,
): JsonValue {
  const step = state.steps.get(stepPath(instance, edge.source));
  if (!step) return state.instances.get(instance)?.item ?? null; // out of the scope's own body port
  if (edge.port === 'error' && step.failure) return { ...errorOf(step) };
  const textAt = reader?.definition.descriptor.terminal
    ? graph.nodes.get(edge.source)?.definition.descriptor.textAt
    : undefined;
  return textAt === undefined ? step.output : at(step.output, textAt);
}

const at = (value: JsonValue, pointer: string): JsonValue =>
  pointer
    .split('/')
    .slice(1)
    .reduce<JsonValue>((part, key) => (part as JsonObject | null)?.[key] ?? null, value);

/** A step's failure as `error` shows it. */
export const errorOf = (step: Step): StepError => ({
  attempt: step.attempt,
  code: step.failure!.code,
  message: step.failure!.message,
  node_id: step.nodeId,
});

/** The failure that led to this step: of the nearest step before it that was left by its `error` port. */
export function errorBefore(state: ExecutionState, graph: CompiledGraph, path: Path): StepError | null {
  const instance = instanceOf(path);
  const taken = state.instances.get(instance)?.taken;
  const seen = new Set<string>();
  const nodes = [path.slice(instance === ROOT ? 0 : instance.length + 1)];
  for (const id of nodes) {
    for (const edge of graph.nodes.get(id)?.incoming ?? []) {
      if (!taken?.has(edge.id) || seen.has(edge.source)) continue;
      const source = state.steps.get(stepPath(instance, edge.source));
      if (edge.port === 'error' && source?.failure) return errorOf(source);
      seen.add(edge.source);
      nodes.push(edge.source);
    }
  }
  return null;
}

/** What a step was given. */
export function arrivalsAt(state: ExecutionState, graph: CompiledGraph, step: Step): JsonValue {
  if (step.called !== null) return null;
  if (step.compensates !== null) return state.steps.get(step.compensates)?.output ?? null;
  const node = graph.nodes.get(step.nodeId);
  return node ? merged(arrivals(state, graph, step.instance, node.incoming, node)) : null;
}
