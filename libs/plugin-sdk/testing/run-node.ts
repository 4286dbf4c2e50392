import { chanceFrom } from '../definition/chance.js';
import { defaultsFilled } from '../definition/defaults.js';
import { effectsOf } from '../definition/effects.js';
import { portsOf } from '../definition/ports.js';
import { toDefinition } from '../definition/to-definition.js';
import { NodeFailure } from '../failure.js';
import type { Effects } from '../descriptor.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { ConversationClient, DocumentClient, HttpClient, ModelClient, ToolClient } from '../clients/index.js';
import type { ExecutionFacts, NodeContext, NodeResult, StepError } from '../node-context.js';
import type { TaskDefinition } from '../node-definition.js';

/** What a task is run with. Everything has a default, and nothing reaches outside unless it is given here. */
export interface RunOptions {
  readonly config?: JsonObject;
  /** Default null. */
  readonly incoming?: JsonValue;
  /** Default {}. */
  readonly input?: JsonValue;
  readonly variables?: JsonObject;
  readonly nodes?: NodeContext['nodes'];
  readonly error?: StepError | null;
  readonly execution?: Partial<ExecutionFacts>;
  /** Default 1. */
  readonly attempt?: number;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Default: stands still at 2026-01-01T00:00:00Z. */
  readonly clock?: NodeContext['clock'];
  /** What `random()` is drawn from. Default `test`. */
  readonly seed?: string;
  /** Hears each preview too, as it comes. */
  readonly emitToken?: (text: string) => void;
  readonly http?: HttpClient;
  readonly models?: ModelClient;
  readonly tools?: ToolClient;
  readonly documents?: DocumentClient;
  readonly conversation?: ConversationClient;
}

/** How the step ended, and what it said meanwhile. */
export interface RunOutcome extends NodeResult {
  /** The previews it emitted, in order. */
  readonly tokens: readonly string[];
  readonly logs: readonly {
    readonly level: 'debug' | 'info' | 'warn';
    readonly message: string;
    readonly fields?: JsonObject;
  }[];
}

/**
 * Runs a task once, with its defaults filled in and without a server. Rejects with what it throws, and with an error when
 * it names a port it does not have or uses what its effects do not allow.
 */
export async function runNode(node: unknown, options: RunOptions = {}): Promise<RunOutcome> {
  const definition = toDefinition(node);
  const { descriptor } = definition;
  if (descriptor.kind !== 'task')
    throw new Error(`"${descriptor.type}" is a ${descriptor.kind}. runNode runs tasks; use ${kits[descriptor.kind]}.`);
  const config = defaultsFilled(descriptor.configSchema, options.config ?? {});
  const tokens: string[] = [];
  const logs: RunOutcome['logs'][number][] = [];
  const result = await (definition as TaskDefinition).execute(
    contextOf(descriptor.type, { ...options, config }, effectsOf(descriptor, config), { tokens, logs }),
  );
  const ports = descriptor.ports.length === 0 ? ['end'] : portsOf(descriptor, config);
  if (!ports.includes(result.port))
    throw new Error(`"${descriptor.type}" went on at "${result.port}", but its ports are ${ports.join(', ')}.`);
  return { ...result, tokens, logs };
}

const kits = { scope: 'driveScope', join: 'combine', wait: 'beginWait' } as const;

function contextOf(
  type: string,
  options: RunOptions & { readonly config: JsonObject },
  effects: Effects,
  heard: { readonly tokens: string[]; readonly logs: RunOutcome['logs'][number][] },
): NodeContext {
  const clock = options.clock ?? { now: () => Date.parse('2026-01-01T00:00:00Z') };
  const log = (level: 'debug' | 'info' | 'warn') => (message: string, fields?: JsonObject) =>
    void heard.logs.push({ level, message, ...(fields && { fields }) });
  const given = <T extends object>(client: T | undefined, name: string): T =>
    (effects === 'none' ? undefined : client) ?? (refusing(type, name, effects) as T);
  return {
    config: options.config,
    incoming: options.incoming ?? null,
    input: options.input === undefined ? {} : options.input,
    variables: options.variables ?? {},
    nodes: options.nodes ?? {},
    error: options.error ?? null,
    execution: {
      id: 'test',
      type: 'custom',
      user: 'tester',
      started_at: new Date(clock.now()).toISOString(),
      ...options.execution,
    },
    nodeId: type,
    path: type,
    attempt: options.attempt ?? 1,
    effects,
    idempotencyKey: options.idempotencyKey ?? `test/${type}`,
    signal: options.signal ?? new AbortController().signal,
    clock,
    random: chanceFrom(options.seed ?? 'test'),
    log: { debug: log('debug'), info: log('info'), warn: log('warn') },
    emitToken: (text) => {
      heard.tokens.push(text);
      options.emitToken?.(text);
    },
    http: given(options.http, 'http'),
    models: given(options.models, 'models'),
    tools: given(options.tools, 'tools'),
    documents: given(options.documents, 'documents'),
    conversation: given(options.conversation, 'conversation'),
  };
}

/** Fails whatever it is asked for, as the host does where effects forbid it. */
function refusing(type: string, name: string, effects: Effects): object {
  const pure = effects === 'none';
  const refuse = async (): Promise<never> => {
    throw new NodeFailure({
      code: pure ? 'effect_not_declared' : 'not_recorded',
      message: pure
        ? `"${type}" declares no effects and may not use ${name}.`
        : `"${type}" used ${name}, but the test gave none.`,
    });
  };
  return {
    id: null,
    send: refuse,
    generate: refuse,
    list: () => [],
    call: refuse,
    search: refuse,
    load: refuse,
    summarised: refuse,
    store: refuse,
  };
}
