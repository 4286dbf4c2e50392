import type { ConfigFinding, NodeKind, ResolvedConfig } from '../descriptor.js';
import type { Failure } from '../failure.js';
import type { JsonValue } from '../json.js';
import type { NodeContext, NodeResult } from '../node-context.js';
import type {
  Arrival,
  CallState,
  CallStep,
  NodeDefinition,
  ScopeState,
  ScopeStep,
  WaitContext,
  WaitEvent,
  WaitFor,
  WaitStep,
} from '../node-definition.js';
import { descriptorOf, type NodeOutline } from '../definition/node-outline.js';
import { type ConfigOf, type Fields, schemaOfFields } from './field.js';

/** The result that goes on at this port. */
export type To = (port: string, output: JsonValue, more?: Partial<NodeResult>) => NodeResult;

interface Described<F extends Fields> extends NodeOutline {
  readonly config: F;
  /** Cross-field rules over the literal config; texts that hold expressions are given as they stand. */
  validate?(config: ResolvedConfig): readonly ConfigFinding[];
}

export interface TaskOutline<F extends Fields> extends Described<F> {
  readonly kind?: 'task';
  execute(context: NodeContext<ConfigOf<F>> & { readonly to: To }): NodeResult | Promise<NodeResult>;
  retriesFor?(config: ConfigOf<F>, failure: Failure): number | null;
  callsSteps?(config: ResolvedConfig): readonly string[];
  nextCalls?(config: ConfigOf<F>, state: CallState): CallStep;
}

export interface ScopeOutline<F extends Fields> extends Described<F> {
  readonly kind: 'scope';
  next(config: ConfigOf<F>, state: ScopeState): ScopeStep;
}

export interface JoinOutline<F extends Fields> extends Described<F> {
  readonly kind: 'join';
  join(config: ConfigOf<F>): { readonly mode: 'all' | 'any' | 'n'; readonly n: number };
  combine(config: ConfigOf<F>, arrivals: readonly Arrival[]): JsonValue;
}

export interface WaitOutline<F extends Fields> extends Described<F> {
  readonly kind: 'wait';
  begin(config: ConfigOf<F>, context: WaitContext): WaitFor;
  onEvent(config: ConfigOf<F>, event: WaitEvent, context: WaitContext): WaitStep;
}

export type AnyOutline<F extends Fields> = TaskOutline<F> | ScopeOutline<F> | JoinOutline<F> | WaitOutline<F>;

/** The definition of this kind. */
export type DefinitionOf<K extends NodeKind> = Extract<NodeDefinition, { readonly descriptor: { readonly kind: K } }>;

/** A node type in plain JavaScript, without a build: the types of its config are inferred from its fields. */
export function defineNode<const F extends Fields, K extends NodeKind = 'task'>(
  outline: AnyOutline<F> & { readonly kind?: K },
): DefinitionOf<K> {
  const { kind, config, execute, retriesFor, callsSteps, nextCalls, next, join, combine, begin, onEvent, validate } =
    outline as Described<F> & Behaviour & { readonly kind?: NodeKind };
  const behaviour: Behaviour = {
    execute: execute && ((context: object) => execute(Object.create(context, helpers) as never)),
  };
  const definition = {
    ...behaviour,
    retriesFor,
    callsSteps,
    nextCalls,
    next,
    join,
    combine,
    begin,
    onEvent,
    validate,
  };
  return {
    descriptor: descriptorOf(outline, kind ?? 'task', schemaOfFields(config)),
    ...Object.fromEntries(Object.entries(definition).filter(([, method]) => method !== undefined)),
  } as unknown as DefinitionOf<K>;
}

interface Behaviour {
  readonly execute?: ((context: never) => unknown) | undefined;
  readonly retriesFor?: unknown;
  readonly callsSteps?: unknown;
  readonly nextCalls?: unknown;
  readonly next?: unknown;
  readonly join?: unknown;
  readonly combine?: unknown;
  readonly begin?: unknown;
  readonly onEvent?: unknown;
}

const to: To = (port, output, more = {}) => ({ ...more, port, output });

/** What the plain form finds in its context besides the context itself. */
const helpers: PropertyDescriptorMap = { to: { value: to, enumerable: true } };
