import { defaultsFilled } from '../definition/defaults.js';
import { toDefinition } from '../definition/to-definition.js';
import type { Failure } from '../failure.js';
import type { JsonObject, JsonValue } from '../json.js';
import type {
  Arrival,
  CalledStep,
  CallEnd,
  CallStep,
  IterationEnd,
  NodeDefinition,
  ScopeStep,
  WaitContext,
  WaitEvent,
  WaitFor,
  WaitStep,
} from '../node-definition.js';

/** What a body makes of an item: a value, or a failure. */
export type Body = (item: JsonValue, index: number) => { readonly value: JsonValue } | { readonly failure: Failure };

export interface ScopeOptions {
  readonly config?: JsonObject;
  /** Config as it is asked again before the n-th step: for conditions that change. Comes on top of `config`. */
  readonly asked?: (ended: number) => JsonObject;
  /** Default: gives the item back. */
  readonly body?: Body;
  /** Running iterations end newest first, not oldest first. Default false. */
  readonly newestFirst?: boolean;
  /** How many steps are too many. Default 10,000. */
  readonly bound?: number;
}

export interface ScopeOutcome {
  /** `settle` or `fail`. */
  readonly step: ScopeStep;
  /** The items, in the order they were started. */
  readonly items: readonly JsonValue[];
  /** How many ran at the same time at most. */
  readonly atOnce: number;
}

/**
 * Runs a scope to its end: iterations are started as long as it asks for them, and one ends when it stays.
 * Throws when it stays with nothing running, or does not end within the bound.
 */
export function driveScope(node: unknown, options: ScopeOptions = {}): ScopeOutcome {
  const definition = ofKind(node, 'scope');
  const { body = (item) => ({ value: item }), asked = () => ({}), bound = 10_000 } = options;
  const items: JsonValue[] = [];
  const running: number[] = [];
  const ended: IterationEnd[] = [];
  let atOnce = 0;
  for (let steps = 0; steps < bound; steps += 1) {
    const config = defaultsFilled(definition.descriptor.configSchema, { ...options.config, ...asked(ended.length) });
    const inOrder = ended.toSorted((a, b) => a.index - b.index);
    const step = definition.next(config, { started: items.length, running: running.length, ended: inOrder });
    if (step.type === 'settle' || step.type === 'fail') return { step, items, atOnce };
    if (step.type === 'iterate') {
      running.push(items.push(step.item) - 1);
      atOnce = Math.max(atOnce, running.length);
      continue;
    }
    const index = options.newestFirst ? running.pop() : running.shift();
    if (index === undefined)
      throw new Error(`"${definition.descriptor.type}" stays, but nothing runs: it would never end.`);
    ended.push(endOf(index, body(items[index]!, index)));
  }
  throw new Error(`"${definition.descriptor.type}" has not ended after ${bound} steps.`);
}

function endOf(index: number, end: ReturnType<Body>): IterationEnd {
  return 'value' in end ? { index, ok: true, value: end.value } : { index, ok: false, failure: end.failure };
}

export interface CallsOptions {
  readonly config?: JsonObject;
  /** Default null. */
  readonly incoming?: JsonValue;
  /** What a called step comes to. */
  readonly called: (step: CalledStep) => { readonly value: JsonValue } | { readonly failure: Failure };
  /** How many steps are too many. Default 1,000. */
  readonly bound?: number;
}

export interface CallsOutcome {
  /** `settle` or `fail`. */
  readonly step: CallStep;
  /** All that was called, in order. */
  readonly called: readonly CalledStep[];
}

/**
 * Runs a task that calls steps to its end. Throws when it calls none with this config, calls one of a type that it has
 * not named, the same one twice, or does not end within the bound.
 */
export function driveCalls(node: unknown, options: CallsOptions): CallsOutcome {
  const definition = ofKind(node, 'task');
  const { type, configSchema } = definition.descriptor;
  const { incoming = null, bound = 1_000 } = options;
  const types = definition.callsSteps?.(options.config ?? {}) ?? [];
  if (types.length === 0) throw new Error(`"${type}" calls no steps with this config. Use runNode.`);
  const config = defaultsFilled(configSchema, options.config ?? {});
  const called: CalledStep[] = [];
  const ended: CallEnd[] = [];
  while (called.length < bound) {
    const step = definition.nextCalls!(config, { incoming, ended: [...ended] });
    if (step.type !== 'call') return { step, called };
    for (const one of step.steps) {
      if (!types.includes(one.node_type))
        throw new Error(`"${type}" called a step of the type "${one.node_type}", but names ${types.join(', ')}.`);
      if (called.some(({ name }) => name === one.name)) throw new Error(`"${type}" called "${one.name}" twice.`);
      called.push(one);
      ended.push(callEnd(one.name, options.called(one)));
    }
    if (step.steps.length === 0) throw new Error(`"${type}" called nothing: it would never end.`);
  }
  throw new Error(`"${type}" has not ended after ${bound} steps.`);
}

const callEnd = (name: string, end: ReturnType<CallsOptions['called']>): CallEnd =>
  'value' in end ? { name, ok: true, output: end.value } : { name, ok: false, failure: end.failure };

/** What a join makes of these arrivals, in the order of the graph's edges. */
export function combine(
  node: unknown,
  options: { readonly config?: JsonObject; readonly arrivals: readonly Arrival[] },
): JsonValue {
  const definition = ofKind(node, 'join');
  return definition.combine(defaultsFilled(definition.descriptor.configSchema, options.config ?? {}), options.arrivals);
}

export interface Waiting {
  readonly waitsFor: WaitFor;
  /** What the node makes of an event. */
  on(event: WaitEvent): WaitStep;
}

/** Begins a wait. Default: nothing arrived, at 2026-01-01T00:00:00Z, with the chance 0.5. */
export function beginWait(
  node: unknown,
  options: { readonly config?: JsonObject } & Partial<WaitContext> = {},
): Waiting {
  const definition = ofKind(node, 'wait');
  const config = defaultsFilled(definition.descriptor.configSchema, options.config ?? {});
  const { incoming = null, now = Date.parse('2026-01-01T00:00:00Z'), random = 0.5 } = options;
  const context = { incoming, now, random };
  return { waitsFor: definition.begin(config, context), on: (event) => definition.onEvent(config, event, context) };
}

type OfKind<K> = Extract<NodeDefinition, { readonly descriptor: { readonly kind: K } }>;

function ofKind<K extends NodeDefinition['descriptor']['kind']>(node: unknown, kind: K): OfKind<K> {
  const definition = toDefinition(node);
  const { type, kind: own } = definition.descriptor;
  if (own !== kind) throw new Error(`"${type}" is a ${own}, not a ${kind}.`);
  return definition as OfKind<K>;
}
